using Camshaft.Engine.Models.Configuration;
using Camshaft.Engine.Scheduling.Planning;

namespace Camshaft.Engine.Scheduling.Policies;

/// <summary>What a model's configuration means to policies, in ticks of the engine's clock.</summary>
public static class SchedulingTerms
{
    /// <summary>A model as it is before its first request.</summary>
    /// <param name="scheduling">Its configuration.</param>
    /// <param name="concurrencyLimit">How many of its batches may run at once, 1 or more.</param>
    /// <param name="ticksPerSecond">The frequency of the engine's clock.</param>
    public static ModelUse CreateUse(ModelScheduling scheduling, int concurrencyLimit, long ticksPerSecond) => new()
    {
        ConcurrencyLimit = concurrencyLimit,
        LatencyTicks = GetLatencyTicks(scheduling, ticksPerSecond),
        ServesLate = scheduling.Overload == OverloadMode.Serve,
        Weight = scheduling.Weight,
        MinimumShare = scheduling.MinimumShare,
        Priority = scheduling.Priority,
    };

    /// <summary>What its batch plans are derived from.</summary>
    /// <param name="configuration">Its configuration.</param>
    /// <param name="maxRows">The largest batch that it may have and that pays, in rows; 1 = its requests run alone.</param>
    /// <param name="runBoundTicks">See <see cref="BatchPlanOptions.RunBoundTicks"/>.</param>
    /// <param name="ticksPerSecond">The frequency of the engine's clock.</param>
    public static BatchPlanOptions CreatePlanOptions(ModelConfiguration configuration, int maxRows, long runBoundTicks, long ticksPerSecond) => new()
    {
        TicksPerSecond = ticksPerSecond,
        LatencyTicks = GetLatencyTicks(configuration.Scheduling, ticksPerSecond),
        MaxRows = maxRows,
        BatchesAlways = true,
        PreferredRows = configuration.Batching.PreferredBatchSizes,
        MaxQueueDelayTicks = maxRows == 1 ? 0 : ToTicks(configuration.Batching.MaxQueueDelay, ticksPerSecond),
        RunBoundTicks = runBoundTicks,
    };

    private static long GetLatencyTicks(ModelScheduling scheduling, long ticksPerSecond) =>
        scheduling.Objective is { } objective ? Math.Max(1, ToTicks(objective.Latency, ticksPerSecond)) : 0;

    private static long ToTicks(TimeSpan time, long ticksPerSecond) => (long)(time.TotalSeconds * ticksPerSecond);
}
