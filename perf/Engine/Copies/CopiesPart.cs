using Camshaft.EngineBenchmark.Reporting;
using Camshaft.EngineBenchmark.Targets;
using Camshaft.Load.Plans;
using Camshaft.Load.Targets;

namespace Camshaft.EngineBenchmark.Copies;

/// <summary>What the way of a request costs beside its run: bytes copied, managed bytes allocated, and the policy's decision.</summary>
internal sealed class CopiesPart : IPart
{
    private const int Rows = 32;
    private const int RowElementCount = 150_000;

    public string Name => "copies";

    public async Task<PartReport> RunAsync(Workbench workbench)
    {
        var samples = Path.Combine(Microbenchmarks.BenchmarkModel.Root, "samples", "models");
        var repository = workbench.CreateRepository(Name);
        repository.Add("mnist");
        repository.Add("identity_fp32", $"batching: {{ max_batch_size: {Rows}, preferred_batch_sizes: [{Rows}], max_queue_delay: 5s }}", samples);
        workbench.Progress.Begin("copies: starting");
        await using var engine = await workbench.StartEngineAsync(repository).ConfigureAwait(false);

        var rounds = workbench.Options.IsQuick ? 20 : 200;
        workbench.Progress.Begin($"copies: batches of {Rows} rows");
        var large = new ModelLoad("identity_fp32", new ClosedLoop(Rows)) { Shapes = new Dictionary<string, long[]> { ["INPUT0"] = [1, RowElementCount] } };
        var batched = await MeasureAsync(engine, large, rounds, workbench.Options.Seed).ConfigureAwait(false);
        workbench.Progress.Begin("copies: single requests");
        var single = await MeasureAsync(engine, new ModelLoad("mnist", new ClosedLoop(1)), rounds * Rows, workbench.Options.Seed).ConfigureAwait(false);
        workbench.Progress.Begin("copies: decisions");
        return CopiesReport.Create([batched, single], DecisionTime.Measure(workbench.Options.IsQuick));
    }

    private static async Task<RequestWay> MeasureAsync(EngineTarget engine, ModelLoad load, int rounds, int seed)
    {
        var version = engine.GetVersion(load.Name);
        var inputs = RequestInputs.Create(load, version.Signature!.Inputs, seed);
        var atOnce = ((ClosedLoop)load.Arrivals).Concurrency;
        var loop = new RequestLoop(engine.Engine, load.Name, inputs, atOnce);

        // Once for the code to be compiled and for pools to fill.
        await loop.RunAsync(rounds).ConfigureAwait(false);
        var (copied, runs) = (engine.Engine.Memory.CopiedByteSize, version.Recorder.Executions);
        var allocated = await loop.RunAsync(rounds).ConfigureAwait(false);
        var requests = (double)rounds * atOnce;
        var payload = inputs.Sum(static input => (long)input.Data.Length);
        return new RequestWay(
            load.Name,
            payload,
            requests / (version.Recorder.Executions - runs),
            (engine.Engine.Memory.CopiedByteSize - copied) / requests / payload,
            allocated / requests);
    }
}
