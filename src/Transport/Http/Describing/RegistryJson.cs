using System.Globalization;
using System.Text.Json;
using Camshaft.Backends;
using Camshaft.Engine.Models;
using Camshaft.Engine.Models.Configuration;
using Camshaft.Engine.Routing;

namespace Camshaft.Transport.Http.Describing;

/// <summary>The registry's entries as its list tells them.</summary>
internal static class RegistryJson
{
    public static void WriteEntry(Utf8JsonWriter writer, ModelEntry entry, IEnumerable<RouteAlias> aliases)
    {
        var configuration = (entry.HighestReady ?? (entry.Versions is [.., var last] ? last : null))?.Configuration ?? entry.Configuration;
        writer.WriteStartObject();
        writer.WriteString("id"u8, entry.Name);
        writer.WriteString("state"u8, entry.HighestReady is { } ready ? Name(ready.State) : entry.Versions is [.., var known] ? Name(known.State) : "not loaded");
        WriteIfThere(writer, "reason", entry.Reason);
        WriteIfThere(writer, "description", configuration.Description);
        WriteIfThere(writer, "owner", configuration.Owner);
        WriteTexts(writer, "tags", configuration.Tags);
        WriteTexts(writer, "aliases", aliases.Select(static alias => alias.Name));
        WriteObjective(writer, configuration.Scheduling.Objective);
        writer.WriteStartArray("versions"u8);
        foreach (var version in entry.Versions)
        {
            WriteVersion(writer, version);
        }

        writer.WriteEndArray();
        writer.WriteEndObject();
    }

    private static void WriteVersion(Utf8JsonWriter writer, ModelVersion version)
    {
        writer.WriteStartObject();
        writer.WriteString("version"u8, version.Number.ToString(CultureInfo.InvariantCulture));
        writer.WriteString("state"u8, Name(version.State));
        WriteIfThere(writer, "reason", version.Reason);
        WriteIfThere(writer, "backend", version.BackendName);
        WriteIfThere(writer, "platform", version.Platform);
        if (version.Device is { } device)
        {
            writer.WriteString("device"u8, device.Kind == DeviceKind.Cpu ? "cpu" : string.Create(CultureInfo.InvariantCulture, $"{device.Kind.ToString().ToLowerInvariant()}:{device.Ordinal}"));
        }

        if (version.Signature is { } signature)
        {
            TensorsJson.Write(writer, "inputs", signature.Inputs, tellsOptional: true);
            TensorsJson.Write(writer, "outputs", signature.Outputs, tellsOptional: true);
        }

        writer.WriteEndObject();
    }

    private static void WriteObjective(Utf8JsonWriter writer, LatencyObjective? objective)
    {
        if (objective is null)
        {
            return;
        }

        writer.WriteStartObject("slo"u8);
        writer.WriteNumber("latency_ms"u8, objective.Latency.TotalMilliseconds);
        writer.WriteNumber("percentile"u8, objective.Percentile);
        writer.WriteNumber("availability"u8, objective.Availability);
        writer.WriteNumber("window_seconds"u8, objective.Window.TotalSeconds);
        writer.WriteEndObject();
    }

    private static void WriteTexts(Utf8JsonWriter writer, string name, IEnumerable<string> texts)
    {
        writer.WriteStartArray(name);
        foreach (var text in texts)
        {
            writer.WriteStringValue(text);
        }

        writer.WriteEndArray();
    }

    private static void WriteIfThere(Utf8JsonWriter writer, string name, string? value)
    {
        if (value is not null)
        {
            writer.WriteString(name, value);
        }
    }

    private static string Name(ModelState state) => state.ToString().ToLowerInvariant();
}
