namespace Camshaft.Engine.Routing.Configuration;

/// <summary>What one file says of routing: the <c>routing</c> section of <c>camshaft.json</c>, or that of a <c>model.yaml</c>. Read once and not changed then; what it points to is not checked yet.</summary>
public sealed record RoutingConfiguration
{
    /// <summary>What a file says that says nothing.</summary>
    public static RoutingConfiguration Empty { get; } = new();

    /// <summary>By alias what it stands for: a model, <c>model@version</c>, or another alias. An alias of one model is <c>model@alias</c>.</summary>
    public IReadOnlyDictionary<string, string> Aliases { get; set; } = new Dictionary<string, string>();

    /// <summary>The rules, in the file's order.</summary>
    public IReadOnlyList<RuleConfiguration> Rules { get; set; } = [];
}
