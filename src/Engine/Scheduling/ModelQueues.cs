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

    /// <summary>Makes the queues.</summary>
    /// <param name="scheduler">The scheduler of the model's device.</param>
    /// <param name="model">The version.</param>
    /// <param name="axes">How its requests join.</param>
    /// <param name="costs">What its runs were measured to take, by rows ascending; empty when they were not.</param>
    /// <param name="queueLimit">How many requests may wait.</param>
    public ModelQueues(DeviceScheduler scheduler, ModelVersion model, BatchAxes axes, IReadOnlyList<RunCost> costs, int queueLimit)
    {
        _scheduler = scheduler;
        Axes = axes;
        Share = new ModelShare(model, queueLimit, model.Configuration.Limits.Concurrency ?? int.MaxValue);
        Alone = AddQueue(1);
        Buckets = axes.Joins ? new BucketTable(axes, () => AddQueue(axes.MaxRows), scheduler.RemoveQueue) : null;

        ModelQueue AddQueue(int maxRows) => scheduler.AddQueue(Share, new BatchPlanner(model.Configuration, maxRows, costs, scheduler.TicksPerSecond));
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
