using Camshaft.Engine.Scheduling.Planning;

namespace Camshaft.Engine.Scheduling.Simulation;

/// <summary>A model of a simulation. Lengths of time are in ticks of the simulation's clock, <see cref="DeviceSimulation.TicksPerSecond"/>.</summary>
/// <param name="Name">Its name, for reports.</param>
/// <param name="Profile">How long its runs take; what the policy believes, and what comes true up to <see cref="Variation"/>.</param>
public sealed record SimulatedModel(string Name, BatchProfile Profile)
{
    /// <summary>The latency objective; 0 = a throughput model.</summary>
    public long LatencyTicks { get; init; }

    /// <summary>The client's own deadline of each request, from its arrival; 0 = none.</summary>
    public long TimeoutTicks { get; init; }

    /// <summary>The largest batch, in rows.</summary>
    public int MaxRows { get; init; } = 1;

    /// <summary>How long a batch may wait to become larger while a lane is free.</summary>
    public long MaxQueueDelayTicks { get; init; }

    /// <summary>How many batches run at once; null = as many as there are lanes.</summary>
    public int? Concurrency { get; init; }

    /// <summary>Its weight.</summary>
    public double Weight { get; init; } = 1;

    /// <summary>Its minimum share of the device, 0 to 1.</summary>
    public double MinimumShare { get; init; }

    /// <summary>Whether late requests are served (<c>overload: serve</c>).</summary>
    public bool ServesLate { get; init; }

    /// <summary>Its priority beside the other models, 1 = highest.</summary>
    public int Priority { get; init; } = 100;

    /// <summary>How many requests may wait; one more is refused.</summary>
    public int QueueLimit { get; init; } = 1024;

    /// <summary>How much runs differ from the profile's median: the standard deviation of the logarithm of their length; 0 = not at all.</summary>
    public double Variation { get; init; }
}
