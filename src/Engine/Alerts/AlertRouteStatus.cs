namespace Camshaft.Engine.Alerts;

/// <summary>How a way by which alerts leave the server does.</summary>
/// <param name="Name">Its name.</param>
/// <param name="Kind">What is at its end: <c>webhook</c> or <c>alertmanager</c>.</param>
public sealed record AlertRouteStatus(string Name, string Kind)
{
    /// <summary>How many messages arrived.</summary>
    public long Sent { get; init; }

    /// <summary>How many were given up after every attempt.</summary>
    public long Failed { get; init; }

    /// <summary>How many were dropped since too many waited.</summary>
    public long Dropped { get; init; }

    /// <summary>What went wrong last; null when the last message arrived.</summary>
    public string? LastError { get; init; }
}
