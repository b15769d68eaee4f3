namespace Camshaft.Engine.Routing.Configuration;

/// <summary>One of the places where a rule sends requests.</summary>
public sealed record WeightedTarget
{
    /// <summary>A model, <c>model@version</c>, or an alias.</summary>
    public string Target { get; set; } = "";

    /// <summary>Its part of the requests, relative to the weights of the others; more than zero.</summary>
    public double Weight { get; set; } = 1;
}
