using Camshaft.Engine.Scheduling.Lanes;
using Camshaft.Engine.Scheduling.Queues;

namespace Camshaft.Engine.Scheduling;

/// <summary>A device as a policy sees it at one moment. Lends the scheduler's arrays for the length of a call.</summary>
/// <param name="queues">Every queue; a queue's place stays the same while its model is loaded.</param>
/// <param name="models">Every model; likewise.</param>
/// <param name="lanes">What runs now.</param>
/// <param name="now">Now, in ticks of the engine's clock.</param>
public readonly ref struct DeviceState(ReadOnlySpan<QueueState> queues, ReadOnlySpan<ModelUse> models, in LaneUse lanes, long now)
{
    private readonly LaneUse _lanes = lanes;

    /// <summary>Every queue, by its place; free places are all zero.</summary>
    public ReadOnlySpan<QueueState> Queues { get; } = queues;

    /// <summary>Every model, by its place; free places are all zero.</summary>
    public ReadOnlySpan<ModelUse> Models { get; } = models;

    /// <summary>What runs now.</summary>
    public LaneUse Lanes => _lanes;

    /// <summary>Now, in ticks of the engine's clock.</summary>
    public long Now { get; } = now;

    /// <summary>Whether a batch from a queue could start on a free lane of a class.</summary>
    public bool IsRunnable(in QueueState queue, LaneClass lane)
    {
        if (queue.Depth == 0 || (lane != LaneClass.Any && queue.Plan.LaneClass != lane))
        {
            return false;
        }

        ref readonly var model = ref Models[queue.Model];
        return model.Running < model.ConcurrencyLimit;
    }
}
