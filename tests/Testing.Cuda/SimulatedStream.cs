namespace Camshaft.Testing.Cuda;

/// <summary>A queue of operations that run later, in their order. Guarded by the driver's lock.</summary>
internal sealed class SimulatedStream(string call, SimulatedGpu device, int priority, ulong multiprocessors) : SimulatedObject(call, device)
{
    /// <summary>What waits, the first to run first.</summary>
    public Queue<SimulatedOperation> Waiting { get; } = new();

    /// <summary>The numbers of what waits, by the order of enqueueing.</summary>
    public Queue<long> Numbers { get; } = new();

    /// <summary>What is recorded in place of being enqueued; null = it does not record.</summary>
    public SimulatedCapture? Capture { get; set; }

    public int Priority => priority;

    /// <summary>On which multiprocessors its kernels may run, one bit each.</summary>
    public ulong Multiprocessors => multiprocessors;

    /// <summary>The green context that it is of; null = it is the primary context's.</summary>
    public SimulatedGreenContext? Green { get; init; }

    /// <summary>Whether what has lost the device ran here.</summary>
    public bool HasFaulted { get; set; }

    /// <summary>How readily it runs beside others, 1 or more; changes now and then.</summary>
    public int Speed { get; set; } = 1;

    /// <summary>Whether the host does something for it now.</summary>
    public bool IsOnHost { get; set; }

    public bool IsIdle => Waiting.Count == 0 && !IsOnHost;

    public bool CanRun => !IsOnHost && Waiting.TryPeek(out var next) && (next.IsReady?.Invoke() ?? true);
}
