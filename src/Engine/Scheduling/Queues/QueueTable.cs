using System.Diagnostics;
using Camshaft.Engine.Batching;
using Camshaft.Engine.Inference;
using Camshaft.Engine.Scheduling.Planning;
using Camshaft.Engine.Scheduling.Policies;
using Camshaft.Engine.Scheduling.Runs;

namespace Camshaft.Engine.Scheduling.Queues;

/// <summary>
/// The queues of a device's models, and beside them what a policy may know of each, in one array that it can be handed as
/// it is. A queue keeps its place while it exists. Guarded by the scheduler's lock.
/// </summary>
/// <param name="ticksPerSecond">The frequency of the engine's clock.</param>
/// <param name="hasLaneClasses">Whether runs of different lengths have different lanes.</param>
internal sealed class QueueTable(long ticksPerSecond, bool hasLaneClasses)
{
    private QueueState[] _states = [];
    private ModelQueue?[] _queues = [];
    private ModelUse[] _models = [];
    private ModelShare?[] _shares = [];
    private long _sequence;

    /// <summary>How many requests wait, over all queues.</summary>
    public int Queued { get; private set; }

    public ReadOnlySpan<QueueState> States => _states;

    public ReadOnlySpan<ModelUse> Models => _models;

    public ref QueueState this[ModelQueue queue] => ref _states[queue.Index];

    public ModelQueue Add(ModelShare share, BatchPlanner planner)
    {
        if (share.Queues.Count == 0)
        {
            share.Index = FindPlace(ref _shares, ref _models);
            _shares[share.Index] = share;
            _models[share.Index] = SchedulingTerms.CreateUse(share.Model.Configuration.Scheduling, share.ConcurrencyLimit, ticksPerSecond);
            share.LatencyTicks = _models[share.Index].LatencyTicks;
        }

        var queue = new ModelQueue(share, FindPlace(ref _queues, ref _states), planner, share.Model.Configuration.Batching.PriorityLevels);
        share.Queues.Add(queue);
        _queues[queue.Index] = queue;
        _states[queue.Index] = new QueueState { Model = share.Index, Plan = planner.Plan, HeadSequence = long.MaxValue };
        BoundRuns();
        return queue;
    }

    public void Remove(ModelQueue queue)
    {
        Debug.Assert(this[queue].Depth == 0, "A queue is removed after its last request.");
        var share = queue.Share;
        share.Queues.Remove(queue);
        _queues[queue.Index] = null;
        _states[queue.Index] = default;
        if (share.Queues.Count == 0)
        {
            _shares[share.Index] = null;
            _models[share.Index] = default;
        }

        BoundRuns();
    }

    public void Enqueue(InferenceRequest request)
    {
        request.Sequence = ++_sequence;
        request.Queue.Append(request, ref this[request.Queue]);
        Count(request.Queue.Share, 1);
    }

    /// <summary>Puts a request back to where it was taken from.</summary>
    public void PutBack(InferenceRequest request)
    {
        request.Queue.Prepend(request, ref this[request.Queue]);
        Count(request.Queue.Share, 1);
    }

    /// <summary>Takes a batch from the queue that a policy chose.</summary>
    public InferenceRequest Dequeue(int index, int rowLimit)
    {
        ref var state = ref _states[index];
        var before = state.Depth;
        var head = _queues[index]!.TakeBatch(rowLimit, ref state);
        Count(head.Queue.Share, state.Depth - before);
        return head;
    }

    /// <summary>Takes the head of the queue that a policy chose, and no other.</summary>
    public InferenceRequest TakeHead(int index)
    {
        var head = _queues[index]!.First!;
        Withdraw(head);
        return head;
    }

    /// <summary>Takes a request out from wherever it waits.</summary>
    public void Withdraw(InferenceRequest request)
    {
        Count(request.Queue.Share, -1);
        request.Queue.Remove(request, ref this[request.Queue]);
    }

    /// <summary>Counts a batch that starts (1) or has ended (-1).</summary>
    public void CountRun(ModelQueue queue, int count)
    {
        _states[queue.Index].Running += count;
        _models[queue.Share.Index].Running += count;
        queue.Share.Running += count;
    }

    /// <summary>How long what waits and runs takes together, as far as profiles tell.</summary>
    public long EstimateTicks()
    {
        var ticks = 0.0;
        foreach (ref readonly var state in _states.AsSpan())
        {
            ticks += state.Plan is { } plan ? (state.Rows + (state.Running * plan.TargetRows)) * plan.CpuTicksPerRow : 0;
        }

        return (long)ticks;
    }

    /// <summary>Takes a run that ended well into the profile of its queue.</summary>
    public void Record(ModelQueue queue, in RunResult result)
    {
        queue.RecordRun(result.WallTicks, result.Rows);
        if (queue.Planner.Record(result))
        {
            this[queue].Plan = queue.Planner.Plan;
            BoundRuns();
        }
    }

    /// <summary>Starts the profiles of a model's queues anew.</summary>
    public void Restart(ModelShare share, IReadOnlyList<RunCost> costs)
    {
        foreach (var queue in share.Queues)
        {
            queue.Planner.Restart(costs);
            this[queue].Plan = queue.Planner.Plan;
        }

        BoundRuns();
    }

    // Runs on the same lanes wait for each other: for a request that comes just then to be in time, none may take longer than
    // half the tightest objective there.
    private void BoundRuns()
    {
        Span<long> bounds = [long.MaxValue, long.MaxValue, long.MaxValue, long.MaxValue];
        foreach (var queue in _queues)
        {
            if (queue is { Share.LatencyTicks: > 0 })
            {
                ref var bound = ref bounds[GetLanes(queue)];
                bound = Math.Min(bound, queue.Share.LatencyTicks / 2);
            }
        }

        foreach (var queue in _queues)
        {
            if (queue is not null && queue.Planner.SetRunBound(bounds[GetLanes(queue)]))
            {
                this[queue].Plan = queue.Planner.Plan;
            }
        }
    }

    private int GetLanes(ModelQueue queue) => hasLaneClasses ? (int)queue.Planner.Plan.LaneClass : 0;

    private static int FindPlace<TKey, TState>(ref TKey?[] places, ref TState[] states)
        where TKey : class
    {
        var index = Array.IndexOf(places, null);
        if (index < 0)
        {
            index = places.Length;
            Array.Resize(ref places, Math.Max(4, index * 2));
            Array.Resize(ref states, places.Length);
        }

        return index;
    }

    private void Count(ModelShare share, int count)
    {
        Queued += count;
        _models[share.Index].Queued += count;
    }
}
