namespace Camshaft.Engine.Inference;

/// <summary>Where a request is. Guarded by the lock of its device's scheduler.</summary>
internal enum RequestState : byte
{
    /// <summary>In the pool.</summary>
    Free,

    /// <summary>Its owner fills it.</summary>
    Building,

    /// <summary>Waits in its model's queue.</summary>
    Queued,

    /// <summary>Runs on a lane.</summary>
    Running,

    /// <summary>Over; the status is its owner's.</summary>
    Ended,
}
