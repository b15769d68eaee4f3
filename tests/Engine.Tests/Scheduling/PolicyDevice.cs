using Camshaft.Engine.Scheduling;
using Camshaft.Engine.Scheduling.Lanes;
using Camshaft.Engine.Scheduling.Planning;
using Camshaft.Engine.Scheduling.Policies;
using Camshaft.Engine.Scheduling.Queues;

namespace Camshaft.Engine.Tests.Scheduling;

/// <summary>A device as a policy sees it, set up by hand: one queue a model, on a clock of nanoseconds that stands still.</summary>
internal sealed class PolicyDevice(ISchedulingPolicy policy, int cores = 2)
{
    public const long TicksPerSecond = 1_000_000_000;
    public const long Millisecond = TicksPerSecond / 1000;

    public QueueState[] Queues { get; private set; } = [];

    public ModelUse[] Models { get; private set; } = [];

    public LaneUse Lanes = new() { Cores = cores };

    public long Now { get; set; } = 10 * TicksPerSecond;

    /// <summary>Adds a model whose runs take a time and, for each row beyond the first, a part of it.</summary>
    public int AddModel(
        double runMilliseconds,
        double latencyMilliseconds = 0,
        int maxRows = 1,
        double rowFactor = 1,
        int concurrency = 16,
        double weight = 1,
        double minimumShare = 0,
        bool servesLate = false,
        double queueDelayMilliseconds = 0)
    {
        var profile = CreateProfile(runMilliseconds, maxRows, rowFactor);
        var latency = (long)(latencyMilliseconds * Millisecond);
        Models = [.. Models, new ModelUse { ConcurrencyLimit = concurrency, LatencyTicks = latency, Weight = weight, MinimumShare = minimumShare, ServesLate = servesLate }];
        Queues =
        [
            .. Queues,
            new QueueState
            {
                Model = Models.Length - 1,
                HeadSequence = long.MaxValue,
                Plan = BatchPlan.Derive(profile, new BatchPlanOptions
                {
                    TicksPerSecond = TicksPerSecond,
                    LatencyTicks = latency,
                    MaxRows = maxRows,
                    MaxQueueDelayTicks = (long)(queueDelayMilliseconds * Millisecond),
                }),
            },
        ];
        return Models.Length - 1;
    }

    public static BatchProfile CreateProfile(double runMilliseconds, int maxRows = 1, double rowFactor = 1, double slow = 1)
    {
        var one = Measure(1, runMilliseconds * Millisecond);
        return new BatchProfile(maxRows == 1 ? [one] : [one, Measure(maxRows, runMilliseconds * Millisecond * (1 + ((maxRows - 1) * rowFactor)))]);

        BatchMeasurement Measure(int rows, double ticks) => new(rows, (long)ticks, (long)ticks, (long)(ticks * slow));
    }

    /// <summary>Lets requests of one row wait; the head has waited for a time.</summary>
    public void Queue(int model, int depth = 1, double waitedMilliseconds = 0, long sequence = 1, long deadline = long.MaxValue, int priority = 1)
    {
        ref var queue = ref Queues[model];
        queue.Depth = queue.Rows = Models[model].Queued = depth;
        queue.HeadRows = 1;
        queue.HeadSequence = sequence;
        queue.HeadQueued = Now - (long)(waitedMilliseconds * Millisecond);
        queue.HeadDeadline = deadline;
        queue.HeadSoftDeadline = Models[model].HasObjective ? queue.HeadQueued + Models[model].LatencyTicks : long.MaxValue;
        queue.HeadPriority = priority;
    }

    public SchedulingDecision Decide(LaneClass lane = LaneClass.Any) => policy.Decide(new DeviceState(Queues, Models, Lanes, Now), lane);

    public AdmissionDecision Admit(int model, int rows = 1, long deadline = long.MaxValue) =>
        policy.Admit(
            new DeviceState(Queues, Models, Lanes, Now), model, rows, deadline, Models[model].HasObjective ? Now + Models[model].LatencyTicks : long.MaxValue);
}
