using Camshaft.Engine.Inference;
using Camshaft.Engine.Models;
using Camshaft.Engine.Scheduling.Queues;

namespace Camshaft.Engine.Scheduling;

/// <summary>
/// What the queues of one version of a model have in common: how many of its requests wait and run, and how many may.
/// Guarded by the scheduler's lock.
/// </summary>
/// <param name="model">The version.</param>
/// <param name="queueLimit">How many requests may wait, over all its queues.</param>
/// <param name="concurrencyLimit">How many of its batches may run at once.</param>
internal sealed class ModelShare(ModelVersion model, int queueLimit, int concurrencyLimit)
{
    public ModelVersion Model => model;

    public int QueueLimit => queueLimit;

    public int ConcurrencyLimit => concurrencyLimit;

    /// <summary>The model's queues; one, unless its requests join and come in several shapes.</summary>
    public List<ModelQueue> Queues { get; } = [];

    /// <summary>The latency objective in ticks of the engine's clock; 0 = none.</summary>
    public long LatencyTicks { get; set; }

    /// <summary>Its place among the device's models.</summary>
    public int Index { get; set; } = -1;

    public int Depth { get; set; }

    public int Running { get; set; }

    /// <summary>When a batch of it ended while as many ran as may; 0 = never.</summary>
    public long RoomSince { get; set; }

    /// <summary>Whether one batch more may run.</summary>
    public bool HasRoom => Running < concurrencyLimit;

    /// <summary>When a request misses the objective; <see cref="long.MaxValue"/> = there is none.</summary>
    public long GetSoftDeadline(InferenceRequest request) => LatencyTicks > 0 ? request.Timings.Received + LatencyTicks : long.MaxValue;

    /// <summary>A request that waits; null = none does.</summary>
    public InferenceRequest? FindWaiting()
    {
        foreach (var queue in Queues)
        {
            if (queue.First is { } first)
            {
                return first;
            }
        }

        return null;
    }
}
