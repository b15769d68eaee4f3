using System.Text.Json.Nodes;
using System.Text.RegularExpressions;
using YamlDotNet.RepresentationModel;

namespace Camshaft.Server.Tests.Deployment;

/// <summary>The expressions in the files for Prometheus and Grafana.</summary>
internal static partial class MonitoringExpressions
{
    public const string Rules = "deploy/prometheus/rules.yaml";
    public const string Dashboard = "deploy/grafana/camshaft.json";

    /// <summary>Those of a file, as it has them.</summary>
    public static IReadOnlyList<string> Of(string file) => file == Rules ? [.. ReadRules()] : [.. ReadDashboard()];

    /// <summary>An expression as Grafana asks Prometheus, with all servers and all models chosen.</summary>
    public static string Resolve(string expression) => expression
        .Replace("$__rate_interval", "1m", StringComparison.Ordinal)
        .Replace("$instance", ".*", StringComparison.Ordinal)
        .Replace("$model", ".*", StringComparison.Ordinal);

    private static IEnumerable<string> ReadRules()
    {
        var stream = new YamlStream();
        using var reader = new StringReader(RepositoryFile.Read(Rules));
        stream.Load(reader);
        return stream.Documents[0].AllNodes.OfType<YamlMappingNode>()
            .SelectMany(static node => node.Children)
            .Where(static child => child.Key is YamlScalarNode { Value: "expr" })
            .Select(static child => ((YamlScalarNode)child.Value).Value!);
    }

    private static IEnumerable<string> ReadDashboard()
    {
        var dashboard = JsonNode.Parse(RepositoryFile.Read(Dashboard))!;
        var panels = dashboard["panels"]!.AsArray().SelectMany(static panel => panel!["targets"]?.AsArray() ?? []).Select(static target => (string)target!["expr"]!);
        var annotations = dashboard["annotations"]!["list"]!.AsArray().Select(static annotation => (string)annotation!["expr"]!);
        var variables = dashboard["templating"]!["list"]!.AsArray()
            .Select(static variable => (string?)variable!["definition"]).OfType<string>()
            .Select(static definition => Variable().Match(definition).Groups[1].Value);
        return panels.Concat(annotations).Concat(variables);
    }

    [GeneratedRegex(@"^label_values\((\w+), \w+\)$")]
    private static partial Regex Variable();
}
