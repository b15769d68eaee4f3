using Camshaft.Engine.Batching;
using Camshaft.Engine.Models;
using Camshaft.Engine.Scheduling.Planning;
using Camshaft.Engine.Scheduling.Simulation;
using Camshaft.Engine.Telemetry;
using Camshaft.EngineBenchmark.Models;
using Camshaft.EngineBenchmark.Targets;

namespace Camshaft.EngineBenchmark.Overload;

/// <summary>What an engine has measured of the five models, as a simulation takes it.</summary>
internal sealed class MeasuredProfiles
{
    // As the simulations of the scheduling policies have it: the 95th percentile of a logarithm that varies by 0.05.
    private const double Variation = 0.05;
    private const double SlowRun = 1.086;

    private readonly IReadOnlyList<(RunCost[] Costs, int MaxRows)> _models;
    private readonly int _queueLimit;

    /// <summary>Takes what was measured.</summary>
    /// <param name="models">By model: what runs take, by rows ascending, and the largest batch.</param>
    /// <param name="queueLimit">How many requests may wait for a model.</param>
    public MeasuredProfiles(IReadOnlyList<(RunCost[] Costs, int MaxRows)> models, int queueLimit)
    {
        _models = models;
        _queueLimit = queueLimit;
    }

    /// <summary>Takes what an engine's warm-up found. After some requests to each model.</summary>
    public static MeasuredProfiles Of(EngineTarget engine) =>
        new([.. MixModel.All.Select(model => engine.GetVersion(model.Name)).Select(static version => (FindCosts(version), version.Batching!.MaxRows))], engine.Engine.Options.QueueLimit);

    /// <summary>The models on a device that is slower than it was measured, since others have a part of it.</summary>
    /// <param name="slowdown">How many times as long a run takes, 1 or more.</param>
    public SimulatedModel[] Simulate(double slowdown) => [.. MixModel.All.Zip(_models, (model, measured) => new SimulatedModel(model.Name, new BatchProfile([.. measured.Costs.Select(cost => Slow(cost, slowdown))]))
    {
        LatencyTicks = ToTicks(model.Slo),
        MaxRows = measured.MaxRows,
        QueueLimit = _queueLimit,
        Variation = Variation,
    })];

    // Where warm-up could not run a model, its requests have shown what a run takes.
    private static RunCost[] FindCosts(ModelVersion version)
    {
        var run = version.Recorder.GetStatistics(RequestStage.Run);
        return version.RunCosts.Count > 0 ? [.. version.RunCosts] : [new RunCost(1, run.Median, run.Median)];
    }

    private static BatchMeasurement Slow(RunCost cost, double slowdown)
    {
        var (cpu, wall) = (ToTicks(cost.Cpu * slowdown), ToTicks(cost.Wall * slowdown));
        return new BatchMeasurement(cost.Rows, cpu, wall, (long)(wall * SlowRun));
    }

    private static long ToTicks(TimeSpan time) => (long)(time.TotalSeconds * DeviceSimulation.TicksPerSecond);
}
