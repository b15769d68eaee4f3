namespace Camshaft.Engine.Models;

/// <summary>Where a version of a model is in its life.</summary>
public enum ModelState
{
    /// <summary>Found in the repository, not loaded yet.</summary>
    Discovered,

    /// <summary>A backend is loading it.</summary>
    Loading,

    /// <summary>Loaded; being run with samples before it serves.</summary>
    Warming,

    /// <summary>Serves requests.</summary>
    Ready,

    /// <summary>Not in memory for want of room; the next request has it loaded and waits for that.</summary>
    Standby,

    /// <summary>Takes no new requests; those in flight finish.</summary>
    Draining,

    /// <summary>Gone from memory, as asked.</summary>
    Unloaded,

    /// <summary>Could not be loaded, or was taken out of service; the reason says why.</summary>
    Failed,
}
