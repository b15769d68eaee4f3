using System.Text.Json;

namespace Camshaft.Engine.Alerts;

/// <summary>Writes an alert, the same to everybody who takes JSON of ours: <c>GET /v2/alerts</c> and webhooks.</summary>
public static class AlertJson
{
    /// <summary>Writes it as an object.</summary>
    public static void Write(Utf8JsonWriter writer, Alert alert)
    {
        writer.WriteStartObject();
        writer.WriteString("status"u8, alert.State.ToString().ToLowerInvariant());
        writer.WriteString("fingerprint"u8, alert.Fingerprint);
        writer.WriteStartObject("labels"u8);
        foreach (var label in alert.Labels)
        {
            writer.WriteString(label.Key, label.Value);
        }

        writer.WriteEndObject();
        writer.WriteStartObject("annotations"u8);
        writer.WriteString("summary"u8, alert.Summary);
        writer.WriteString("description"u8, alert.Description);
        writer.WriteEndObject();
        writer.WriteString("startsAt"u8, alert.StartsAt);
        WriteTime(writer, "firing_since"u8, alert.FiringSince);
        WriteTime(writer, "endsAt"u8, alert.EndsAt);
        if (alert.Value is { } value and not (double.NaN or double.PositiveInfinity or double.NegativeInfinity))
        {
            writer.WriteNumber("value"u8, value);
        }

        WriteCauses(writer, alert);
        WriteExamples(writer, alert);
        writer.WriteEndObject();
    }

    private static void WriteTime(Utf8JsonWriter writer, ReadOnlySpan<byte> name, DateTimeOffset? time)
    {
        if (time is { } known)
        {
            writer.WriteString(name, known);
        }
    }

    private static void WriteCauses(Utf8JsonWriter writer, Alert alert)
    {
        writer.WriteStartArray("causes"u8);
        foreach (var cause in alert.Causes)
        {
            writer.WriteStartObject();
            writer.WriteString("cause"u8, cause.Name);
            writer.WriteNumber("share"u8, Math.Round(cause.Share, 4));
            if (cause.Mean is { } mean)
            {
                writer.WriteNumber("mean_ms"u8, Math.Round(mean.TotalMilliseconds, 4));
            }

            writer.WriteEndObject();
        }

        writer.WriteEndArray();
    }

    private static void WriteExamples(Utf8JsonWriter writer, Alert alert)
    {
        writer.WriteStartArray("examples"u8);
        foreach (var example in alert.Examples)
        {
            writer.WriteStartObject();
            writer.WriteString("trace_id"u8, example.TraceId);
            writer.WriteNumber("duration_ms"u8, Math.Round(example.Duration.TotalMilliseconds, 4));
            writer.WriteString("longest_stage"u8, example.LongestStage);
            writer.WriteEndObject();
        }

        writer.WriteEndArray();
    }
}
