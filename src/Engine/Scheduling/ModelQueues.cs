using Camshaft.Engine.Batching;
using Camshaft.Engine.Models;
using Camshaft.Engine.Models.Configuration;

namespace Camshaft.Engine.Scheduling;

/// <summary>
/// Where the requests of one loaded version wait: a queue for those that run alone, and where requests join, a bucket with a
/// queue for each combination of shapes. Disposed after the last request.
/// </summary>
internal sealed class ModelQueues : IDisposable
{
    // As good a guess as any: longer than what is short, shorter than what is long.
    private static readonly TimeSpan UnmeasuredRun = TimeSpan.FromMilliseconds(5);

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
        Share = new ModelShare(model, queueLimit, model.Configuration.Limits.Concurrency ?? scheduler.LaneCount);
        Alone = scheduler.AddQueue(Share, CreatePlan(scheduler.TicksPerSecond, 1, model.Configuration.Batching, costs));
        Buckets = axes.Joins ? new BucketTable(axes, () => scheduler.AddQueue(Share, CreatePlan(scheduler.TicksPerSecond, axes.MaxRows, model.Configuration.Batching, costs)), scheduler.RemoveQueue) : null;
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

    // How large batches are was decided when the model was warmed up; the plan is to follow that.
    private static BatchPlan CreatePlan(long ticksPerSecond, int maxRows, BatchingConfiguration configuration, IReadOnlyList<RunCost> costs)
    {
        if (costs.Count == 0)
        {
            costs = [new RunCost(1, UnmeasuredRun, UnmeasuredRun)];
        }

        return BatchPlan.Derive(
            new BatchProfile([.. costs.Select(cost => new BatchMeasurement(cost.Rows, ToTicks(cost.Cpu), ToTicks(cost.Wall), ToTicks(cost.Wall)))]),
            new BatchPlanOptions
            {
                TicksPerSecond = ticksPerSecond,
                MaxRows = maxRows,
                PreferredRows = maxRows == 1 ? [] : configuration.PreferredBatchSizes.Count > 0 ? configuration.PreferredBatchSizes : [maxRows],
                MaxQueueDelayTicks = maxRows == 1 ? 0 : (long)(configuration.MaxQueueDelay.TotalSeconds * ticksPerSecond),
            });

        long ToTicks(TimeSpan time) => Math.Max(1, (long)(time.TotalSeconds * ticksPerSecond));
    }
}
