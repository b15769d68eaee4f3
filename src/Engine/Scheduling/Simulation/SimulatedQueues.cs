using Camshaft.Engine.Scheduling.Planning;
using Camshaft.Engine.Scheduling.Queues;

namespace Camshaft.Engine.Scheduling.Simulation;

/// <summary>The queues of a simulation, one for each model, and their states as a policy sees them.</summary>
internal sealed class SimulatedQueues
{
    private readonly IReadOnlyList<SimulatedModel> _models;
    private readonly IReadOnlyList<Arrival> _arrivals;
    private readonly Queue<int>[] _waiting;

    public SimulatedQueues(IReadOnlyList<SimulatedModel> models, IReadOnlyList<BatchPlan> plans, IReadOnlyList<Arrival> arrivals, int laneCount)
    {
        _models = models;
        _arrivals = arrivals;
        _waiting = [.. models.Select(static _ => new Queue<int>())];
        States = [.. plans.Select(static (plan, index) => new QueueState { Model = index, Plan = plan, HeadSequence = long.MaxValue })];
        Models = [.. models.Select(model => new ModelUse
        {
            ConcurrencyLimit = model.Concurrency ?? laneCount,
            LatencyTicks = model.LatencyTicks,
            ServesLate = model.ServesLate,
            Weight = model.Weight,
            MinimumShare = model.MinimumShare,
            Priority = model.Priority,
        })];
    }

    public QueueState[] States { get; }

    public ModelUse[] Models { get; }

    /// <summary>How many requests wait.</summary>
    public int Queued { get; private set; }

    public void Append(int request)
    {
        var arrival = _arrivals[request];
        _waiting[arrival.Model].Enqueue(request);
        Count(arrival, 1);
    }

    public int Take(int queue)
    {
        var request = _waiting[queue].Dequeue();
        Count(_arrivals[request], -1);
        return request;
    }

    /// <summary>Takes a batch: the head, and what fits with it.</summary>
    public int[] TakeBatch(int queue, int maxRows, out int rows)
    {
        var batch = new List<int>();
        rows = 0;
        do
        {
            rows += States[queue].HeadRows;
            batch.Add(Take(queue));
        }
        while (States[queue].Depth > 0 && rows + States[queue].HeadRows <= maxRows);

        CountRun(queue, 1);
        return [.. batch];
    }

    public void CountRun(int queue, int count)
    {
        States[queue].Running += count;
        Models[queue].Running += count;
    }

    public long GetSoftDeadline(in Arrival arrival) => Add(arrival.Time, _models[arrival.Model].LatencyTicks);

    public long GetDeadline(in Arrival arrival) => Add(arrival.Time, _models[arrival.Model].TimeoutTicks);

    private static long Add(long time, long ticks) => ticks == 0 ? long.MaxValue : time + ticks;

    private void Count(in Arrival arrival, int count)
    {
        ref var state = ref States[arrival.Model];
        Queued += count;
        Models[arrival.Model].Queued += count;
        state.Depth += count;
        state.Rows += count * arrival.Rows;
        if (!_waiting[arrival.Model].TryPeek(out var head))
        {
            state.HeadSequence = long.MaxValue;
            return;
        }

        var first = _arrivals[head];
        state.HeadSequence = head;
        state.HeadRows = first.Rows;
        state.HeadQueued = first.Time;
        state.HeadDeadline = GetDeadline(first);
        state.HeadSoftDeadline = GetSoftDeadline(first);
        state.HeadPriority = 1;
    }
}
