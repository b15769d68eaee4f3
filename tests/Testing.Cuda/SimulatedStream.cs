namespace Camshaft.Testing.Cuda;

/// <summary>A queue of operations that run later, in their order. Guarded by the driver's lock.</summary>
internal sealed class SimulatedStream(string call, SimulatedGpu device, int priority, ulong multiprocessors) : SimulatedObject(call, device)
{
    /// <summary>What waits, the first to run first.</summary>
    public Queue<SimulatedOperation> Waiting { get; } = new();

    /// <summary>What is recorded in place of being enqueued; null = it does not record.</summary>
    public List<SimulatedOperation>? Captured { get; set; }

    /// <summary>The thread that records it and lets no other call what might spoil that; 0 = none.</summary>
    public int CapturingThread { get; set; }

    public int Priority => priority;

    /// <summary>On which multiprocessors its kernels may run, one bit each.</summary>
    public ulong Multiprocessors => multiprocessors;

    /// <summary>The green context that it is of; null = it is the primary context's.</summary>
    public SimulatedObject? Green { get; init; }

    /// <summary>How readily it runs beside others, 1 or more; changes now and then.</summary>
    public int Speed { get; set; } = 1;

    /// <summary>Whether the host does something for it now.</summary>
    public bool IsOnHost { get; set; }

    public bool IsIdle => Waiting.Count == 0 && !IsOnHost;

    public bool CanRun => !IsOnHost && Waiting.TryPeek(out var next) && (next.IsReady?.Invoke() ?? true);
}
