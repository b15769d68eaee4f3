using Camshaft.Engine.Scheduling.Queues;

namespace Camshaft.Engine.Scheduling;

/// <summary>
/// What a policy may know of one model version, over all of its queues. A plain value in an array of the scheduler's; its
/// place there is <see cref="QueueState.Model"/>. All zero = a free place.
/// </summary>
public struct ModelUse
{
    /// <summary>How many requests wait in all of the model's queues. Updated with <see cref="QueueState.Depth"/>.</summary>
    public int Queued { get; set; }

    /// <summary>How many batches of the model run now, on whatever lane. Plus one when a run is decided, minus one when it has ended.</summary>
    public int Running { get; set; }

    /// <summary>How many may run at once, 1 or more. Set when the model is added.</summary>
    public int ConcurrencyLimit { get; set; }

    /// <summary>
    /// The latency objective in ticks of the engine's clock, from the request's last byte to its answer; 0 = a throughput
    /// model, which takes what others leave. Set when the model is added.
    /// </summary>
    public long LatencyTicks { get; set; }

    /// <summary>Whether a request that misses the objective is answered all the same (<c>overload: serve</c>). Set when the model is added.</summary>
    public bool ServesLate { get; set; }

    /// <summary>The model's part of the device's time, beside the other models' weights, while there is too little of it; more than 0. Set when the model is added.</summary>
    public double Weight { get; set; }

    /// <summary>The part of the device's time, 0 to 1, that the model gets while it has work, whatever others want. Set when the model is added.</summary>
    public double MinimumShare { get; set; }

    /// <summary>Its priority beside other models; 1 = highest, beyond 255 counts as 255. Set when the model is added.</summary>
    public int Priority { get; set; }

    /// <summary>Whether it has an objective.</summary>
    public readonly bool HasObjective => LatencyTicks > 0;

    /// <summary>Whether it waits for or takes device time now.</summary>
    public readonly bool IsActive => Queued > 0 || Running > 0;
}
