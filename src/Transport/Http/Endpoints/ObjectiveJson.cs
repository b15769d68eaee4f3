using System.Text.Json;
using Camshaft.Engine.Objectives;

namespace Camshaft.Transport.Http.Endpoints;

/// <summary>Writes how a model keeps its objective.</summary>
internal static class ObjectiveJson
{
    public static void Write(Utf8JsonWriter writer, ModelObjectives model)
    {
        writer.WriteStartObject();
        writer.WriteString("model"u8, model.ModelName);
        writer.WriteNumber("latency_ms"u8, model.Objective.Latency.TotalMilliseconds);
        writer.WriteNumber("percentile"u8, model.Objective.Percentile);
        writer.WriteNumber("availability"u8, model.Objective.Availability);
        writer.WriteNumber("window_s"u8, model.Objective.Window.TotalSeconds);
        writer.WriteNumber("observed_s"u8, model.Observed.TotalSeconds);
        writer.WriteStartArray("objectives"u8);
        foreach (var state in model.States)
        {
            Write(writer, state);
        }

        writer.WriteEndArray();
        writer.WriteEndObject();
    }

    private static void Write(Utf8JsonWriter writer, ObjectiveState state)
    {
        writer.WriteStartObject();
        writer.WriteString("objective"u8, state.Kind == ObjectiveKind.Latency ? "latency"u8 : "availability"u8);
        writer.WriteString("state"u8, Name(state.Health));
        writer.WriteNumber("target_percent"u8, state.Target);
        writer.WriteNumber("percent"u8, state.Tally.Percent);
        writer.WriteNumber("good"u8, state.Tally.Good);
        writer.WriteNumber("total"u8, state.Tally.Total);
        writer.WriteNumber("budget_left"u8, state.BudgetLeft);
        writer.WriteNumber("burn_rate"u8, state.BurnRate);
        writer.WriteStartArray("burns"u8);
        foreach (var burn in state.Burns)
        {
            writer.WriteStartObject();
            writer.WriteNumber("factor"u8, burn.Rule.Factor);
            writer.WriteNumber("long_s"u8, burn.Rule.Long.TotalSeconds);
            writer.WriteNumber("short_s"u8, burn.Rule.Short.TotalSeconds);
            writer.WriteNumber("long_rate"u8, burn.LongRate);
            writer.WriteNumber("short_rate"u8, burn.ShortRate);
            writer.WriteBoolean("met"u8, burn.IsMet);
            writer.WriteEndObject();
        }

        writer.WriteEndArray();
        writer.WriteEndObject();
    }

    private static ReadOnlySpan<byte> Name(ObjectiveHealth health) => health switch
    {
        ObjectiveHealth.Kept => "kept"u8,
        ObjectiveHealth.Burning => "burning"u8,
        ObjectiveHealth.BurningFast => "burning_fast"u8,
        _ => "broken"u8,
    };
}
