namespace Camshaft.Engine.Models.Configuration;

/// <summary>How a model stays in memory when there is too little for all.</summary>
public sealed record ModelMemory
{
    /// <summary>Whether it is never taken out of memory to make room for others. Default: it may be.</summary>
    public bool IsPinned { get; init; }

    /// <summary>How long it stays in memory at least once it is there; null = the server's default.</summary>
    public TimeSpan? MinimumResidency { get; init; }
}
