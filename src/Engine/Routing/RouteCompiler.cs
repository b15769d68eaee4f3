using System.Globalization;
using Camshaft.Engine.Repository;
using Camshaft.Engine.Routing.Configuration;

namespace Camshaft.Engine.Routing;

/// <summary>Makes a table of all that files and calls say, or says what is wrong with it: all or nothing.</summary>
internal sealed class RouteCompiler
{
    private const int MostAliases = 4096;

    private readonly RoutingSources _sources;
    private readonly Dictionary<string, (string Text, string Source)> _aliases = new(StringComparer.Ordinal);
    private readonly TargetResolver _targets;

    private RouteCompiler(RoutingSources sources)
    {
        _sources = sources;
        foreach (var (name, text) in sources.SetAliases)
        {
            _aliases.Add(name, (text, RouteAliases.SetByCall));
        }

        CollectAliases();
        _targets = new TargetResolver(sources.Models, _aliases.ToDictionary(static alias => alias.Key, static alias => alias.Value.Text));
    }

    /// <summary>Makes the table.</summary>
    /// <param name="sources">What it is made of.</param>
    /// <param name="before">The table that holds now.</param>
    /// <param name="isReady">Whether a target takes requests: an alias stays where it is until its new target does.</param>
    /// <exception cref="RoutingException">The sources cannot be.</exception>
    public static RouteTable Compile(RoutingSources sources, RouteTable before, Func<RouteTarget, bool> isReady)
    {
        var compiler = new RouteCompiler(sources);
        var aliases = compiler._aliases.Select(alias => compiler.CreateAlias(alias.Key, before, isReady)).ToList();
        var rules = compiler.CreateRules();
        compiler.CheckLoops(rules);
        return new RouteTable(rules, aliases);
    }

    private void CollectAliases()
    {
        var ofFiles = new Dictionary<string, string>(StringComparer.Ordinal);
        foreach (var (name, text) in _sources.File.Aliases)
        {
            Add(name, text, _sources.FileName);
        }

        foreach (var model in _sources.Models)
        {
            foreach (var (name, text) in model.Configuration.Routing.Aliases)
            {
                Add($"{model.Name}{RouteTarget.Separator}{name}", $"{model.Name}{RouteTarget.Separator}{text}", GetSource(model));
            }
        }

        if (_aliases.Count > MostAliases)
        {
            throw new RoutingException($"There are {_aliases.Count} aliases; at most {MostAliases} are taken.");
        }

        void Add(string name, string text, string source)
        {
            if (!ofFiles.TryAdd(name, source))
            {
                throw new RoutingException($"Alias '{name}' of {source} is in {ofFiles[name]} too.");
            }

            _aliases.TryAdd(name, (text, source));
        }
    }

    private RouteAlias CreateAlias(string name, RouteTable before, Func<RouteTarget, bool> isReady)
    {
        var (text, source) = _aliases[name];
        var who = $"Alias '{name}' of {source}";
        if (RouteAliases.FindFault(name) is { } fault)
        {
            throw new RoutingException($"{who}: {fault}");
        }

        if (_targets.IsModel(name))
        {
            throw new RoutingException($"{who} has the name of a model, which would always come first.");
        }

        var target = _targets.Resolve(text, who);
        CheckModel(name, target, who);
        return before.TryGetAlias(name, out var known) && known.Target != target && isReady(known.Target) && !isReady(target)
            ? new RouteAlias(name, text, source, known.Target, Pending: target)
            : new RouteAlias(name, text, source, target);
    }

    private void CheckModel(string name, RouteTarget target, string who)
    {
        var separator = name.LastIndexOf(RouteTarget.Separator);
        if (separator < 0)
        {
            return;
        }

        var model = name[..separator];
        if (!_targets.IsModel(model))
        {
            throw new RoutingException($"{who} is an alias of '{model}', which is no model of the repository.");
        }

        if (target.ModelName != model)
        {
            throw new RoutingException($"{who} stands for '{target}'; expected a version of the model '{model}'.");
        }
    }

    private List<RouteRule> CreateRules()
    {
        var reader = new RuleReader(_targets);
        var seed = 1UL;
        var ofFile = _sources.File.Rules.Select(rule => reader.Read(rule, _sources.FileName, seed += 16)).ToList();
        var ofModels = _sources.Models.SelectMany(model => model.Configuration.Routing.Rules.Select((rule, index) => reader.Read(Complete(rule, index, model), GetSource(model), seed += 16))).ToList();
        foreach (var rules in ofFile.Concat(ofModels).GroupBy(static rule => (rule.Source, rule.Name)).Where(static rules => rules.Count() > 1))
        {
            throw new RoutingException($"The name of the {rules.First()} is there twice.");
        }

        return ofFile.Count + ofModels.Count <= RouteTable.MostRules
            ? RuleOrder.Arrange(ofFile, ofModels)
            : throw new RoutingException($"There are {ofFile.Count + ofModels.Count} rules; at most {RouteTable.MostRules} are taken.");
    }

    /// <summary>Follows, from alias to alias, where rules and aliases send requests; a way that comes back is a mistake even where no request would go round.</summary>
    private void CheckLoops(List<RouteRule> rules)
    {
        var configured = _sources.File.Rules.Select(static rule => rule)
            .Concat(_sources.Models.SelectMany(static model => model.Configuration.Routing.Rules))
            .Where(static rule => rule.When.Alias is not null)
            .ToLookup(static rule => rule.When.Alias!, StringComparer.Ordinal);
        foreach (var rule in rules.Where(static rule => rule.Matcher.Condition.Alias is not null))
        {
            var start = rule.Matcher.Condition.Alias!;
            var seen = new HashSet<string>(StringComparer.Ordinal);
            var open = new Stack<string>([start]);
            while (open.TryPop(out var alias))
            {
                var targets = configured[alias].SelectMany(static known => known.Targets.Select(static target => target.Target).Concat(known.Fallbacks).Concat(known.Shadows.Select(static shadow => shadow.Target)));
                foreach (var target in _aliases.TryGetValue(alias, out var known) ? targets.Append(known.Text) : targets)
                {
                    if (target == start)
                    {
                        throw new RoutingException($"The {rule} loops: it is asked for the alias '{start}' and leads back to it{(alias == start ? "" : $" through '{alias}'")}.");
                    }

                    if (seen.Add(target))
                    {
                        open.Push(target);
                    }
                }
            }
        }
    }

    private static RuleConfiguration Complete(RuleConfiguration rule, int index, ModelDefinition model) => rule with
    {
        Name = rule.Name.Length > 0 ? rule.Name : (index + 1).ToString(CultureInfo.InvariantCulture),
        Targets = rule.Targets.Count > 0 ? rule.Targets : [new WeightedTarget { Target = model.Name }],
    };

    private static string GetSource(ModelDefinition model) => $"{model.Name}/model.yaml";
}
