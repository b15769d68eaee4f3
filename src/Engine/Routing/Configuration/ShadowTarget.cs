namespace Camshaft.Engine.Routing.Configuration;

/// <summary>A place where a rule sends copies of requests.</summary>
public sealed record ShadowTarget
{
    /// <summary>A model, <c>model@version</c>, or an alias.</summary>
    public string Target { get; set; } = "";

    /// <summary>Of a hundred requests so many are copied, as far as there is time for them.</summary>
    public double Percent { get; set; } = 100;
}
