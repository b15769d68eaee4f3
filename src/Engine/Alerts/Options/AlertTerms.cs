namespace Camshaft.Engine.Alerts.Options;

/// <summary>What every kind of alert can be told.</summary>
public record AlertTerms
{
    /// <summary>Whether there are such alerts. Default: yes.</summary>
    public bool IsEnabled { get; init; } = true;

    /// <summary>How long the condition must hold before anybody is told. Default: no time.</summary>
    public TimeSpan For { get; init; }
}
