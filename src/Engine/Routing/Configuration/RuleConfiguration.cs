namespace Camshaft.Engine.Routing.Configuration;

/// <summary>One rule as its file states it.</summary>
public sealed record RuleConfiguration
{
    /// <summary>Its name, by which messages and answers speak of it.</summary>
    public string Name { get; set; } = "";

    /// <summary>Which requests it takes; every one without a condition.</summary>
    public RuleCondition When { get; set; } = new();

    /// <summary>Where it sends them, in proportion to the weights. In a <c>model.yaml</c> none means the model itself.</summary>
    public IReadOnlyList<WeightedTarget> Targets { get; set; } = [];

    /// <summary>Where copies of them go whose answers are discarded.</summary>
    public IReadOnlyList<ShadowTarget> Shadows { get; set; } = [];

    /// <summary>Where they go in turn when the target cannot take them or fails.</summary>
    public IReadOnlyList<string> Fallbacks { get; set; } = [];
}
