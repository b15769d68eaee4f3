namespace Camshaft.Server.CommandLine.Objectives;

/// <summary>A group of rules for Prometheus, which it judges together.</summary>
/// <param name="Name">Its name, which no other group of the file has.</param>
/// <param name="Rules">The rules, in the order in which they are judged.</param>
internal sealed record RuleGroup(string Name, IReadOnlyList<PrometheusRule> Rules);
