using System.Text.Json;
using Camshaft.Engine.Routing;

namespace Camshaft.Transport.Http.Endpoints;

/// <summary>Rules, aliases and explanations as answers tell them.</summary>
internal static class RouteJson
{
    public static void WriteRule(Utf8JsonWriter writer, RouteRule rule)
    {
        writer.WriteStartObject();
        WriteRuleMembers(writer, rule);
        writer.WriteEndObject();
    }

    public static void WriteAlias(Utf8JsonWriter writer, RouteAlias alias)
    {
        writer.WriteStartObject();
        WriteAliasMembers(writer, alias);
        writer.WriteEndObject();
    }

    public static void WriteAliasMembers(Utf8JsonWriter writer, RouteAlias alias)
    {
        writer.WriteString("alias"u8, alias.Name);
        writer.WriteString("target"u8, alias.Target.ToString());
        writer.WriteString("stated"u8, alias.Text);
        writer.WriteString("source"u8, alias.Source);
        if (alias.Pending is { } pending)
        {
            writer.WriteString("pending"u8, pending.ToString());
        }
    }

    public static void WriteExplanation(Utf8JsonWriter writer, RouteExplanation explanation)
    {
        writer.WriteStartObject();
        if (explanation.Rule is { } rule)
        {
            writer.WriteStartObject("rule"u8);
            WriteRuleMembers(writer, rule);
            writer.WriteEndObject();
        }
        else if (explanation.Alias is { } alias)
        {
            writer.WritePropertyName("alias"u8);
            WriteAlias(writer, alias);
        }

        WriteTargets(writer, "targets", explanation.Targets);
        writer.WriteStartArray("considered"u8);
        foreach (var outcome in explanation.Outcomes)
        {
            writer.WriteStartObject();
            writer.WriteString("rule"u8, outcome.Rule.Name);
            writer.WriteString("source"u8, outcome.Rule.Source);
            writer.WriteBoolean("matches"u8, outcome.Fault is null);
            if (outcome.Fault is { } fault)
            {
                writer.WriteString("because"u8, fault);
            }

            writer.WriteEndObject();
        }

        writer.WriteEndArray();
        writer.WriteEndObject();
    }

    private static void WriteRuleMembers(Utf8JsonWriter writer, RouteRule rule)
    {
        writer.WriteString("name"u8, rule.Name);
        writer.WriteString("source"u8, rule.Source);
        WriteCondition(writer, rule);
        writer.WriteStartArray("targets"u8);
        foreach (var (target, weight) in rule.Targets)
        {
            writer.WriteStartObject();
            writer.WriteString("target"u8, target.ToString());
            writer.WriteNumber("weight"u8, weight);
            writer.WriteEndObject();
        }

        writer.WriteEndArray();
        writer.WriteStartArray("shadows"u8);
        foreach (var shadow in rule.Shadows)
        {
            writer.WriteStartObject();
            writer.WriteString("target"u8, shadow.Target.ToString());
            writer.WriteNumber("percent"u8, shadow.Percent);
            writer.WriteNumber("sent"u8, shadow.Sent);
            writer.WriteNumber("dropped"u8, shadow.Dropped);
            writer.WriteEndObject();
        }

        writer.WriteEndArray();
        WriteTargets(writer, "fallbacks", rule.Fallbacks);
    }

    private static void WriteCondition(Utf8JsonWriter writer, RouteRule rule)
    {
        var condition = rule.Condition;
        writer.WriteStartObject("when"u8);
        if (condition.Alias is { } alias)
        {
            writer.WriteString("alias"u8, alias);
        }

        if (condition.ContentType is { } type)
        {
            writer.WriteString("content_type"u8, type);
        }

        WriteTexts(writer, "headers", condition.Headers);
        WriteTexts(writer, "tags", condition.Tags);
        if (condition.Inputs.Count > 0)
        {
            writer.WriteStartArray("inputs"u8);
            foreach (var input in condition.Inputs)
            {
                writer.WriteStartObject();
                WriteIfThere(writer, "name", input.Name);
                WriteIfThere(writer, "datatype", input.Datatype);
                if (input.Shape is { } shape)
                {
                    writer.WriteStartArray("shape"u8);
                    foreach (var length in shape)
                    {
                        writer.WriteNumberValue(length);
                    }

                    writer.WriteEndArray();
                }

                writer.WriteEndObject();
            }

            writer.WriteEndArray();
        }

        writer.WriteEndObject();
    }

    private static void WriteTexts(Utf8JsonWriter writer, string name, IReadOnlyDictionary<string, string> texts)
    {
        if (texts.Count == 0)
        {
            return;
        }

        writer.WriteStartObject(name);
        foreach (var (key, value) in texts)
        {
            writer.WriteString(key, value);
        }

        writer.WriteEndObject();
    }

    private static void WriteIfThere(Utf8JsonWriter writer, string name, string? value)
    {
        if (value is not null)
        {
            writer.WriteString(name, value);
        }
    }

    private static void WriteTargets(Utf8JsonWriter writer, string name, IReadOnlyList<RouteTarget> targets)
    {
        writer.WriteStartArray(name);
        foreach (var target in targets)
        {
            writer.WriteStringValue(target.ToString());
        }

        writer.WriteEndArray();
    }
}
