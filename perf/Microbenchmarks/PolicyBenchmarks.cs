using Camshaft.Engine.Scheduling;
using Camshaft.Engine.Scheduling.Lanes;
using Camshaft.Engine.Scheduling.Planning;
using Camshaft.Engine.Scheduling.Policies;
using Camshaft.Engine.Scheduling.Queues;

namespace Camshaft.Microbenchmarks;

/// <summary>One decision for a free lane, booked and accounted, with a hundred models on the device that all have requests waiting.</summary>
[MemoryDiagnoser]
public class PolicyBenchmarks
{
    private const int ModelCount = 100;
    private const long TicksPerSecond = 1_000_000_000;
    private const long Millisecond = TicksPerSecond / 1000;

    private readonly QueueState[] _queues = new QueueState[ModelCount];
    private readonly ModelUse[] _models = new ModelUse[ModelCount];
    private readonly LaneUse _lanes = new() { Cores = 16, Any = 8 };
    private ISchedulingPolicy _policy = null!;
    private long _now = TicksPerSecond;

    [ParamsSource(nameof(Policies))]
    public string Policy { get; set; } = null!;

    public static IEnumerable<string> Policies => SchedulingPolicies.Names;

    [GlobalSetup]
    public void SetUp()
    {
        _policy = SchedulingPolicies.Create(Policy, TicksPerSecond);
        for (var i = 0; i < ModelCount; i++)
        {
            var run = (1 + (i % 40)) * Millisecond;
            var latency = i % 4 == 0 ? 0 : 3600 * TicksPerSecond;
            var profile = new BatchProfile([new(1, run, run, run), new(16, run * 4, run * 4, run * 5)]);
            _models[i] = new ModelUse { ConcurrencyLimit = 4, LatencyTicks = latency, Weight = 1 + (i % 3), MinimumShare = i % 10 == 0 ? 0.01 : 0, Queued = 4 };
            _queues[i] = new QueueState
            {
                Model = i,
                Plan = BatchPlan.Derive(profile, new BatchPlanOptions { TicksPerSecond = TicksPerSecond, LatencyTicks = latency, MaxRows = 16 }),
                Depth = 4,
                Rows = 4,
                HeadRows = 1,
                HeadSequence = i,
                HeadQueued = _now,
                HeadDeadline = long.MaxValue,
                HeadSoftDeadline = latency == 0 ? long.MaxValue : _now + latency,
                HeadPriority = 100,
            };
        }
    }

    [Benchmark]
    public SchedulingDecision Decide()
    {
        _now += 1000;
        var decision = _policy.Decide(new DeviceState(_queues, _models, _lanes, _now), LaneClass.Any);
        _policy.Account(_queues[decision.Queue].Model, decision.CpuTicks, decision.CpuTicks);
        return decision;
    }

    [Benchmark]
    public AdmissionDecision Admit() => _policy.Admit(new DeviceState(_queues, _models, _lanes, _now), 1, 1, long.MaxValue, _now + Millisecond);
}
