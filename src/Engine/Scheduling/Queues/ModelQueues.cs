using Camshaft.Engine.Batching;
using Camshaft.Engine.Models;
using Camshaft.Engine.Scheduling.Planning;

namespace Camshaft.Engine.Scheduling.Queues;

/// <summary>
/// Where the requests of one loaded version wait: a queue for those that run alone, and where requests join, a bucket with a
/// queue for each combination of shapes. Disposed after the last request.
/// </summary>
internal sealed class ModelQueues : IDisposable
{
    private readonly DeviceScheduler _scheduler;
    private volatile IReadOnlyList<RunCost> _costs;

    /// <summary>Makes the queues.</summary>
    /// <param name="scheduler">The scheduler of the model's device.</param>
    /// <param name="model">The version.</param>
    /// <param name="axes">How its requests join.</param>
    /// <param name="costs">What its runs were measured to take, by rows ascending; empty when they were not.</param>
    /// <param name="queueLimit">How many requests may wait.</param>
    public ModelQueues(DeviceScheduler scheduler, ModelVersion model, BatchAxes axes, IReadOnlyList<RunCost> costs, int queueLimit)
    {
        _scheduler = scheduler;
        _costs = costs;
        Axes = axes;
        Share = new ModelShare(model, queueLimit, model.Configuration.Limits.Concurrency ?? int.MaxValue);
        Alone = AddQueue(1);
        Buckets = axes.Joins ? new BucketTable(axes, () => AddQueue(axes.MaxRows), scheduler.RemoveQueue) : null;
    }

    public BatchAxes Axes { get; }

    public ModelShare Share { get; }

    /// <summary>Where requests wait that join no others.</summary>
    public ModelQueue Alone { get; }

    /// <summary>Where the others do; null for a model whose requests run alone.</summary>
    public BucketTable? Buckets { get; }

    /// <summary>What the server derived for the requests: of those that join where they do, for the shapes that came last.</summary>
    public PlanDescription Describe()
    {
        var plan = Buckets is null ? Alone.Planner.Plan : Buckets.FindNewestPlan() ?? CreatePlanner(Axes.MaxRows).Plan;
        return new PlanDescription(
            plan.LaneClass, plan.TargetRows, ToTime(plan.RunTicks), ToTime(plan.SlowRunTicks), plan.QueueDeadlineTicks == long.MaxValue ? null : ToTime(plan.QueueDeadlineTicks));

        TimeSpan ToTime(long ticks) => TimeSpan.FromSeconds((double)ticks / _scheduler.TicksPerSecond);
    }

    /// <summary>Takes over what runs were measured to take.</summary>
    public void Restart(IReadOnlyList<RunCost> costs)
    {
        _costs = costs;
        _scheduler.Restart(Share, costs);
    }

    public void Dispose()
    {
        Buckets?.Clear();
        _scheduler.RemoveQueue(Alone);
    }

    private ModelQueue AddQueue(int maxRows) => _scheduler.AddQueue(Share, CreatePlanner(maxRows));

    private BatchPlanner CreatePlanner(int maxRows) => new(Share.Model.Configuration, maxRows, _costs, _scheduler.TicksPerSecond);
}
