namespace Camshaft.Testing.Cuda;

/// <summary>Work that waits in a stream.</summary>
/// <param name="Call">The call that enqueued it.</param>
/// <param name="Run">Does it, under the driver's lock.</param>
internal sealed record SimulatedOperation(string Call, Action Run)
{
    /// <summary>Whether it may run yet; null = as soon as it is the first.</summary>
    public Func<bool>? IsReady { get; init; }

    /// <summary>What is done before that without the lock, because it is the host's; null = nothing.</summary>
    public Action? RunOnHost { get; init; }

    /// <summary>Done each time that the operation is enqueued, also as a part of a graph.</summary>
    public Action? Enqueued { get; init; }

    /// <summary>How long it takes by the devices' clock; null = as long as any.</summary>
    public TimeSpan? Time { get; init; }
}
