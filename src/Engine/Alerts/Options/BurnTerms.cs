namespace Camshaft.Engine.Alerts.Options;

/// <summary>When an objective's error budget burns too fast; the burn rates themselves are those of <see cref="Objectives.BurnRule"/>.</summary>
public sealed record BurnTerms : AlertTerms
{
    /// <summary>How many requests must count in a long window before it is judged. Default: 10.</summary>
    public int MinimumRequests { get; init; } = 10;
}
