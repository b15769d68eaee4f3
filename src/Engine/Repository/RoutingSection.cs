using Camshaft.Engine.Routing;
using Camshaft.Engine.Routing.Configuration;

namespace Camshaft.Engine.Repository;

/// <summary>Reads the routing section of a <c>model.yaml</c>. What it points to is looked for when all rules of a server are put together.</summary>
internal sealed class RoutingSection(YamlReader yaml)
{
    private const int MostRules = 64;
    private const int MostItems = 64;

    public RoutingConfiguration Read()
    {
        var routing = RoutingConfiguration.Empty;
        yaml.ReadMembers("routing", new Dictionary<string, Action>
        {
            ["aliases"] = () => routing = routing with { Aliases = ReadTexts("aliases", static name => $"the alias '{name}'") },
            ["rules"] = () => routing = routing with { Rules = yaml.ReadList("rules", MostRules, ReadRule) },
        });
        return routing;
    }

    private RuleConfiguration ReadRule()
    {
        var rule = new RuleConfiguration();
        yaml.ReadMembers("a rule", new Dictionary<string, Action>
        {
            ["name"] = () => rule = rule with { Name = yaml.ReadText("name") },
            ["when"] = () => rule = rule with { When = ReadCondition() },
            ["targets"] = () => rule = rule with { Targets = yaml.ReadList("targets", MostItems, ReadTarget) },
            ["shadows"] = () => rule = rule with { Shadows = yaml.ReadList("shadows", MostItems, ReadShadow) },
            ["fallbacks"] = () => rule = rule with { Fallbacks = yaml.ReadList("fallbacks", MostItems, () => yaml.ReadText("a fallback")) },
        });
        return rule;
    }

    private RuleCondition ReadCondition()
    {
        var condition = new RuleCondition();
        yaml.ReadMembers("when", new Dictionary<string, Action>
        {
            ["alias"] = () => condition = condition with { Alias = yaml.ReadText("alias") },
            ["content_type"] = () => condition = condition with { ContentType = yaml.ReadText("content_type") },
            ["headers"] = () => condition = condition with { Headers = ReadTexts("headers", static name => $"the header '{name}'") },
            ["tags"] = () => condition = condition with { Tags = ReadTexts("tags", static name => $"the tag '{name}'") },
            ["inputs"] = () => condition = condition with { Inputs = yaml.ReadList("inputs", MostItems, ReadInput) },
        });
        return condition;
    }

    private InputCondition ReadInput()
    {
        var input = new InputCondition();
        yaml.ReadMembers("an input of a rule", new Dictionary<string, Action>
        {
            ["name"] = () => input = input with { Name = yaml.ReadText("name") },
            ["datatype"] = () => input = input with { Datatype = yaml.ReadText("datatype") },
            ["shape"] = () => input = input with { Shape = yaml.ReadList("shape", MostItems, () => yaml.ReadInteger("a dimension (-1 = any)", -1, long.MaxValue)) },
        });
        return input;
    }

    private WeightedTarget ReadTarget()
    {
        var target = new WeightedTarget();
        yaml.ReadMembers("a target", new Dictionary<string, Action>
        {
            ["target"] = () => target = target with { Target = yaml.ReadText("target") },
            ["weight"] = () => target = target with { Weight = yaml.ReadReal("weight") },
        });
        return target.Target.Length > 0 ? target : throw yaml.Fail($"a target needs a target: a model, a version such as 'mnist{RouteTarget.Separator}2', or an alias");
    }

    private ShadowTarget ReadShadow()
    {
        var shadow = new ShadowTarget();
        yaml.ReadMembers("a shadow", new Dictionary<string, Action>
        {
            ["target"] = () => shadow = shadow with { Target = yaml.ReadText("target") },
            ["percent"] = () => shadow = shadow with { Percent = yaml.ReadReal("percent") },
        });
        return shadow.Target.Length > 0 ? shadow : throw yaml.Fail($"a shadow needs a target: a model, a version such as 'mnist{RouteTarget.Separator}2', or an alias");
    }

    private Dictionary<string, string> ReadTexts(string what, Func<string, string> describe)
    {
        var texts = new Dictionary<string, string>(StringComparer.Ordinal);
        yaml.ReadEntries(what, name =>
        {
            texts.Add(name, yaml.ReadText(describe(name)));
            if (texts.Count > MostItems)
            {
                throw yaml.Fail($"{what} has at most {MostItems} entries");
            }
        });
        return texts;
    }
}
