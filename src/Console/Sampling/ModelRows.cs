using Camshaft.Engine.Models;
using Camshaft.Engine.Objectives;
using Camshaft.Engine.Telemetry;
using Camshaft.Engine.Telemetry.Metrics;
using Camshaft.Engine.Telemetry.Snapshots;
using Camshaft.LiveConsole.Views;

namespace Camshaft.LiveConsole.Sampling;

/// <summary>Puts versions of models into lines.</summary>
internal static class ModelRows
{
    /// <summary>A version's line.</summary>
    /// <param name="snapshot">The version now.</param>
    /// <param name="recent">What it counted within the last seconds.</param>
    /// <param name="elapsed">How many these were.</param>
    /// <param name="latencies">The latencies of the last seconds; null = there are none.</param>
    /// <param name="objectives">How the model keeps its objective; null = it has none.</param>
    public static ModelRow Describe(ModelSnapshot snapshot, ModelCounts recent, TimeSpan elapsed, LatencyDistribution? latencies, ModelObjectives? objectives)
    {
        var model = snapshot.Model;
        var hasLatencies = latencies is { Count: > 0 };
        var objective = model.Configuration.Scheduling.Objective;
        return new ModelRow(model.ModelName, model.Number, Spell(snapshot.State))
        {
            Reason = snapshot.Reason ?? snapshot.Model.Note,
            Backend = model.BackendName,
            Device = model.Device is { } device ? DeviceName.Of(device) : null,
            Rate = Figures.Round(Figures.PerSecond(recent.Requests, elapsed)),
            ErrorRate = Figures.Round(Figures.PerSecond(recent.Errors, elapsed)),
            P50 = hasLatencies ? Figures.ToMilliseconds(latencies!.GetQuantile(0.5)) : null,
            P99 = hasLatencies ? Figures.ToMilliseconds(latencies!.GetQuantile(0.99)) : null,
            Queue = snapshot.QueueDepth,
            QueueLimit = snapshot.QueueLimit,
            Running = snapshot.RunningCount,
            Batch = DescribeBatch(recent),
            Memory = snapshot.Footprint.HostByteSize + snapshot.Footprint.DeviceByteSize,
            Requests = snapshot.Counts.Requests,
            Failures = snapshot.Counts.Errors,
            Objective = objective is null ? null : Figures.ToMilliseconds(objective.Latency),
            Percentile = objective?.Percentile,
            Kept = objective is not null && recent.Successes > 0 ? Figures.Round(100.0 * recent.WithinObjective / recent.Successes) : null,
            Budget = objectives is null ? null : Math.Round(objectives.States.Min(static state => state.BudgetLeft), 3),
            Health = objectives is null ? null : Spell(objectives.States.Select(static state => state.Health).MaxBy(static health => health is ObjectiveHealth.BurningFast ? ObjectiveHealth.Broken + 1 : health)),
        };
    }

    /// <summary>The mean rows of batches; null when none ran well.</summary>
    public static double? DescribeBatch(ModelCounts counts) =>
        // A run is counted a moment before its requests are.
        counts is { Executions: > 0, Rows: > 0 } ? Math.Max(1, Figures.Round((double)counts.Rows / counts.Executions)) : null;

    /// <summary>The line of a model that has no version, since its directory or its configuration is at fault.</summary>
    public static ModelRow Describe(ModelEntry entry) => new(entry.Name, null, Spell(ModelState.Failed)) { Reason = entry.Reason ?? "it has no version" };

    public static string Spell<T>(T word)
        where T : struct, Enum => word.ToString().ToLowerInvariant();
}
