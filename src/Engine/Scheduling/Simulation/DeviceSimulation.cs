using Camshaft.Engine.Scheduling.Lanes;
using Camshaft.Engine.Scheduling.Planning;
using Camshaft.Engine.Scheduling.Policies;

namespace Camshaft.Engine.Scheduling.Simulation;

/// <summary>
/// Runs a policy in virtual time: models and arrivals in, outcomes out, the same for the same seed. What it leaves out is
/// everything but compute: transports, copies, waking threads.
/// </summary>
public sealed class DeviceSimulation
{
    /// <summary>The frequency of the virtual clock: nanoseconds.</summary>
    public const long TicksPerSecond = 1_000_000_000;

    private readonly IReadOnlyList<SimulatedModel> _models;
    private readonly Arrival[] _arrivals;
    private readonly ISchedulingPolicy _policy;
    private readonly LaneClass[] _laneClasses;
    private readonly SimulatedQueues _queues;
    private readonly SharedLanes _lanes;
    private readonly RandomSequence _random;
    private readonly int _lanesPerClass;
    private readonly RequestOutcome[] _outcomes;
    private readonly List<RunRecord> _runs = [];
    private long _now;
    private long _wakeAt = long.MaxValue;

    private DeviceSimulation(ISchedulingPolicy policy, IReadOnlyList<SimulatedModel> models, Arrival[] arrivals, SimulatedDevice device, int seed)
    {
        _policy = policy;
        _models = models;
        _arrivals = arrivals;
        _laneClasses = [.. device.LaneClasses];
        _lanesPerClass = device.LanesPerClass;
        _queues = new SimulatedQueues(models, Plan(models, device), arrivals, _laneClasses.Length * _lanesPerClass);
        _lanes = new SharedLanes(device.Cores);
        _random = new RandomSequence(seed);
        _outcomes = [.. arrivals.Select(static arrival => new RequestOutcome(arrival, RequestEnd.Open, 0))];
    }

    /// <summary>The plans that the models have on a device.</summary>
    public static BatchPlan[] Plan(IReadOnlyList<SimulatedModel> models, SimulatedDevice device)
    {
        var tightest = models.Select(static model => model.LatencyTicks).Where(static ticks => ticks > 0).DefaultIfEmpty(long.MaxValue).Min();
        return [.. models.Select(model => BatchPlan.Derive(model.Profile, new BatchPlanOptions
        {
            TicksPerSecond = TicksPerSecond,
            LatencyTicks = model.LatencyTicks,
            MaxRows = model.MaxRows,
            MaxQueueDelayTicks = model.MaxQueueDelayTicks,
            RunBoundTicks = device.HasClasses ? long.MaxValue : tightest / 2,
        }))];
    }

    /// <summary>Simulates until every request has ended.</summary>
    /// <param name="policy">The policy; it keeps what it has booked, so each simulation takes a new one.</param>
    /// <param name="models">The models.</param>
    /// <param name="arrivals">The requests, in order of time.</param>
    /// <param name="device">The device.</param>
    /// <param name="seed">Names the sequence of run lengths.</param>
    public static SimulationResult Run(ISchedulingPolicy policy, IReadOnlyList<SimulatedModel> models, Arrival[] arrivals, SimulatedDevice device, int seed)
    {
        var simulation = new DeviceSimulation(policy, models, arrivals, device, seed);
        simulation.Run();
        return new SimulationResult(models, simulation._outcomes, simulation._runs);
    }

    private void Run()
    {
        var next = 0;
        while (true)
        {
            var arrival = next < _arrivals.Length ? _arrivals[next].Time : long.MaxValue;
            var moment = Math.Min(Math.Min(arrival, _lanes.NextEnd), _wakeAt);
            if (moment == long.MaxValue)
            {
                return;
            }

            _now = moment;
            _lanes.AdvanceTo(moment);
            while (_lanes.TakeEnded() is { } ended)
            {
                End(ended);
            }

            for (; next < _arrivals.Length && _arrivals[next].Time <= _now; next++)
            {
                Submit(next);
            }

            Dispatch();
        }
    }

    private DeviceState GetState() => new(_queues.States, _queues.Models, _lanes.Use, _now);

    private void Submit(int request)
    {
        var arrival = _arrivals[request];
        var isAdmitted = _queues.States[arrival.Model].Depth < _models[arrival.Model].QueueLimit
            && _policy.Admit(GetState(), arrival.Model, arrival.Rows, _queues.GetDeadline(arrival), _queues.GetSoftDeadline(arrival)).IsAdmitted;
        if (isAdmitted)
        {
            _queues.Append(request);
        }
        else
        {
            _outcomes[request] = new RequestOutcome(arrival, RequestEnd.Refused, _now);
        }
    }

    private void Dispatch()
    {
        _wakeAt = long.MaxValue;
        foreach (var lane in _laneClasses)
        {
            while (_queues.Queued > 0 && _lanes.Use.GetRunning(lane) < _lanesPerClass && TryStart(lane))
            {
            }
        }
    }

    /// <returns>Whether to ask again for this class.</returns>
    private bool TryStart(LaneClass lane)
    {
        var decision = _policy.Decide(GetState(), lane);
        if (decision.IsDrop)
        {
            Drop(_queues.Take(decision.Queue));
            return true;
        }

        if (!decision.IsRun)
        {
            _wakeAt = Math.Min(_wakeAt, Math.Max(decision.WakeAt, _now + 1));
            return false;
        }

        var model = decision.Queue;
        var requests = _queues.TakeBatch(model, decision.Rows, out var rows);
        var variation = _models[model].Variation;
        var factor = variation == 0 ? 1 : Math.Exp(_random.NextNormal() * variation);
        _lanes.Start(new LaneRun(decision, lane, requests, rows, _now, _models[model].Profile.GetCpuTicks(rows) * factor));
        return true;
    }

    private void Drop(int request) => _outcomes[request] = new RequestOutcome(_arrivals[request], RequestEnd.Dropped, _now);

    private void End(LaneRun run)
    {
        var model = run.Decision.Queue;
        _queues.CountRun(model, -1);
        _policy.Account(model, run.Decision.CpuTicks, (long)run.CpuTicks);
        _policy.Observe(run.Lane, run.Decision.WallTicks, _now - run.Start);
        _runs.Add(new RunRecord(model, run.Rows, run.Start, _now, run.CpuTicks));
        foreach (var request in run.Requests)
        {
            var arrival = _arrivals[request];
            var isInTime = _now <= Math.Min(_queues.GetDeadline(arrival), _queues.GetSoftDeadline(arrival));
            _outcomes[request] = new RequestOutcome(arrival, isInTime ? RequestEnd.InTime : RequestEnd.Late, _now);
        }
    }
}
