namespace Camshaft.Engine.Alerts.Options;

/// <summary>When something bounded is as good as full.</summary>
public sealed record FillTerms : AlertTerms
{
    /// <summary>From how many percent of the bound on. Default: 95.</summary>
    public double Percent { get; init; } = 95;
}
