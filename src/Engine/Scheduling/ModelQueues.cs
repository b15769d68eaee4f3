using Camshaft.Engine.Batching;
using Camshaft.Engine.Models;

namespace Camshaft.Engine.Scheduling;

/// <summary>
/// Where the requests of one loaded version wait: a queue for those that run alone, and where requests join, a bucket with a
/// queue for each combination of shapes. Disposed after the last request.
/// </summary>
internal sealed class ModelQueues : IDisposable
{
    private readonly DeviceScheduler _scheduler;

    public ModelQueues(DeviceScheduler scheduler, ModelVersion model, BatchAxes axes, int queueLimit)
    {
        _scheduler = scheduler;
        Axes = axes;
        Share = new ModelShare(model, queueLimit, model.Configuration.Limits.Concurrency ?? scheduler.LaneCount);
        Alone = scheduler.AddQueue(Share, maxRows: 1);
        Buckets = axes.Joins ? new BucketTable(axes, () => scheduler.AddQueue(Share, axes.MaxRows), scheduler.RemoveQueue) : null;
    }

    public BatchAxes Axes { get; }

    public ModelShare Share { get; }

    /// <summary>Where requests wait that join no others.</summary>
    public ModelQueue Alone { get; }

    /// <summary>Where the others do; null for a model whose requests run alone.</summary>
    public BucketTable? Buckets { get; }

    public void Dispose()
    {
        Buckets?.Clear();
        _scheduler.RemoveQueue(Alone);
    }
}
