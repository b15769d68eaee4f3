namespace Camshaft.Client.Requests;

/// <summary>Where a request is. Guarded by its lock.</summary>
internal enum CallPhase : byte
{
    /// <summary>In the pool.</summary>
    Free,

    /// <summary>Between attempts: the driver has it.</summary>
    Searching,

    /// <summary>A connection has it.</summary>
    Attempting,

    /// <summary>An attempt has ended; the driver will see to it.</summary>
    Ended,
}
