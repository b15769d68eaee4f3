using YamlDotNet.Core;
using YamlDotNet.Core.Events;

namespace Camshaft.Server.CommandLine.Objectives;

/// <summary>Writes groups of rules as Prometheus reads them.</summary>
internal static class RuleFile
{
    private const string Head = "# Rules for Prometheus, written by 'camshaft slo rules'. Write them again when an slo changes.\n";

    public static string Write(IEnumerable<RuleGroup> groups)
    {
        using var text = new StringWriter { NewLine = "\n" };
        text.Write(Head);
        var emitter = new Emitter(text, new EmitterSettings(bestIndent: 2, bestWidth: int.MaxValue, isCanonical: false, maxSimpleKeyLength: 1024));
        emitter.Emit(new StreamStart());
        emitter.Emit(new DocumentStart(null, null, isImplicit: true));
        emitter.Emit(new MappingStart());
        Emit(emitter, "groups");
        emitter.Emit(new SequenceStart(AnchorName.Empty, TagName.Empty, isImplicit: true, SequenceStyle.Block));
        foreach (var group in groups)
        {
            Write(emitter, group);
        }

        emitter.Emit(new SequenceEnd());
        emitter.Emit(new MappingEnd());
        emitter.Emit(new DocumentEnd(isImplicit: true));
        emitter.Emit(new StreamEnd());
        return text.ToString();
    }

    private static void Write(Emitter emitter, RuleGroup group)
    {
        emitter.Emit(new MappingStart());
        Emit(emitter, "name", group.Name);
        Emit(emitter, "rules");
        emitter.Emit(new SequenceStart(AnchorName.Empty, TagName.Empty, isImplicit: true, SequenceStyle.Block));
        foreach (var rule in group.Rules)
        {
            emitter.Emit(new MappingStart());
            Emit(emitter, rule.Annotations is null ? "record" : "alert", rule.Name);
            Emit(emitter, "expr", rule.Expression);
            Emit(emitter, "labels", rule.Labels);
            if (rule.Annotations is { } annotations)
            {
                Emit(emitter, "annotations", annotations);
            }

            emitter.Emit(new MappingEnd());
        }

        emitter.Emit(new SequenceEnd());
        emitter.Emit(new MappingEnd());
    }

    private static void Emit(Emitter emitter, string name, IReadOnlyDictionary<string, string> members)
    {
        Emit(emitter, name);
        emitter.Emit(new MappingStart());
        foreach (var (key, value) in members)
        {
            Emit(emitter, key, value);
        }

        emitter.Emit(new MappingEnd());
    }

    private static void Emit(Emitter emitter, string name, string value)
    {
        Emit(emitter, name);

        // Quoted where YAML would read a number or worse; expressions over several lines stay readable.
        var style = value.Contains('\n', StringComparison.Ordinal) ? ScalarStyle.Literal : name == "expr" ? ScalarStyle.Plain : ScalarStyle.DoubleQuoted;
        emitter.Emit(new Scalar(AnchorName.Empty, TagName.Empty, value, style, isPlainImplicit: true, isQuotedImplicit: true));
    }

    private static void Emit(Emitter emitter, string key) => emitter.Emit(new Scalar(key));
}
