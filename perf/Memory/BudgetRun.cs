using System.Diagnostics;
using System.Globalization;
using Camshaft.Backends;
using Camshaft.Engine;
using Camshaft.Engine.Models;
using Camshaft.Engine.Orchestration.Residency;
using Microsoft.Extensions.Logging.Abstractions;

namespace Camshaft.MemoryBenchmark;

/// <summary>
/// Serves many models from an engine in this process. First without a budget, each model twice, for their sizes and reload times; then with one,
/// twice over the same requests: the second time the engine knows the models.
/// </summary>
internal static class BudgetRun
{
    private const int UsesEach = 4;

    public static async Task RunAsync(BudgetScenario scenario, TextWriter output)
    {
        var directory = Directory.CreateTempSubdirectory("camshaft-memory-");
        try
        {
            var names = ModelCopies.Create(scenario.Models, Path.Combine(directory.FullName, "models"), scenario.Copies);
            var models = await MeasureAsync(scenario, directory.FullName, names).ConfigureAwait(false);
            var budget = models.Sum(static model => model.ByteSize) * scenario.Fitting / scenario.Copies;
            var sequence = scenario.CreateSequence();
            var probabilities = scenario.CreateProbabilities();
            var known = models.Select((model, i) => model with { Rate = probabilities[i] }).ToArray();

            output.WriteLine(string.Create(
                CultureInfo.InvariantCulture,
                $"{scenario.Copies} models of {models.Min(static model => model.ByteSize) / 1e6:0.0} to {models.Max(static model => model.ByteSize) / 1e6:0.0} MB, budget {budget / 1e6:0} MB, {scenario.Requests} requests, Zipf({scenario.Exponent}), {scenario.Clients} at once, seed {scenario.Seed}"));
            output.WriteLine();
            output.WriteLine("| | found in memory | failed | most of the budget | p50 / p99 of requests that waited for a load, ms |");
            output.WriteLine("| --- | --- | --- | --- | --- |");
            var alike = Array.ConvertAll(known, static model => model with { ReloadTime = TimeSpan.FromSeconds(1) });
            output.WriteLine($"| oracle that keeps what is asked for most for its size, and needs no room for the rest | {Percent(Oracle.Keep(alike, budget, sequence))} | | | |");
            output.WriteLine($"| oracle that keeps what saves the most time for its size, and needs no room for the rest | {Percent(Oracle.Keep(known, budget, sequence))} | | | |");
            output.WriteLine($"| the same, but loading what is asked for, as a server must | {Percent(Oracle.Replay(known, budget, sequence))} | | | |");
            await ServeAsync(scenario, directory.FullName, names, budget, sequence, output).ConfigureAwait(false);
        }
        finally
        {
            directory.Delete(recursive: true);
        }
    }

    private static InferenceEngine CreateEngine(BudgetScenario scenario, string directory, long budget) => new(
        new EngineOptions
        {
            ModelDirectories = [Path.Combine(directory, "models")],
            PluginDirectory = Path.Combine(Path.GetDirectoryName(scenario.Server)!, "plugins"),
            ModelCacheDirectory = Path.Combine(directory, "cache"),
            ModelMemoryBudgetBytes = budget,
            ControlMode = ModelControlMode.Explicit,
            LoadModels = budget == long.MaxValue ? [] : ["*"],
        },
        NullLoggerFactory.Instance,
        TimeProvider.System,
        []);

    private static async Task<EvictionCandidate[]> MeasureAsync(BudgetScenario scenario, string directory, IReadOnlyList<string> names)
    {
        var engine = CreateEngine(scenario, directory, long.MaxValue);
        await using (engine.ConfigureAwait(false))
        {
            await engine.StartAsync(CancellationToken.None).ConfigureAwait(false);
            var models = new List<EvictionCandidate>();
            foreach (var name in names)
            {
                var reloadTime = TimeSpan.Zero;
                long byteSize = 0;
                for (var load = 0; load < 2; load++)
                {
                    var started = Stopwatch.GetTimestamp();
                    ThrowIfFailed(await engine.Controller.LoadAsync(name, CancellationToken.None).ConfigureAwait(false));
                    reloadTime = Stopwatch.GetElapsedTime(started);
                    ThrowIfFailed(engine.Models.TryGetVersion(name, ModelRegistry.HighestReady, out var version));
                    await UseAsync(engine, name, scenario.Clients).ConfigureAwait(false);
                    byteSize = version!.MeasureFootprint().HostByteSize;
                    ThrowIfFailed(await engine.Controller.UnloadAsync(name, CancellationToken.None).ConfigureAwait(false));
                }

                models.Add(new EvictionCandidate(byteSize, 0, reloadTime));
            }

            return [.. models];
        }
    }

    /// <summary>As many requests at once as clients send: what a model takes for one run, it takes for each of them.</summary>
    private static Task UseAsync(InferenceEngine engine, string name, int clients) => Task.WhenAll(Enumerable.Range(0, clients).Select(_ => Task.Run(async () =>
    {
        for (var i = 0; i < UsesEach; i++)
        {
            ThrowIfFailed(engine.Models.TryCreateRequest(name, ModelRegistry.HighestReady, out var request));
            using (request)
            {
                ThrowIfFailed(await SampleRequest.RunAsync(request!).ConfigureAwait(false));
            }
        }
    })));

    private static async Task ServeAsync(BudgetScenario scenario, string directory, IReadOnlyList<string> names, long budget, int[] sequence, TextWriter output)
    {
        var engine = CreateEngine(scenario, directory, budget);
        await using (engine.ConfigureAwait(false))
        {
            await engine.StartAsync(CancellationToken.None).ConfigureAwait(false);
            output.WriteLine($"| after the start: {engine.Models.List().Count(static model => model.HighestReady?.State == ModelState.Ready)} models in memory | | | {Percent(engine.ModelMemoryPeakByteSize / (double)budget)} | |");
            foreach (var what in new[] { "Camshaft, from the start", "Camshaft, the same requests once more" })
            {
                var tally = new RequestTally();
                var next = -1;
                await Task.WhenAll(Enumerable.Range(0, scenario.Clients).Select(_ => Task.Run(async () =>
                {
                    for (int i; (i = Interlocked.Increment(ref next)) < sequence.Length;)
                    {
                        await SendAsync(engine, names[sequence[i]], tally).ConfigureAwait(false);
                        tally.NoteUse(engine.ModelMemoryByteSize);
                    }
                }))).ConfigureAwait(false);
                output.WriteLine($"| {what} | {Percent(tally.Hits / (double)sequence.Length)} | {tally.Failures} | {Percent(tally.MostUsed / (double)budget)} | {tally.DescribeWaits()} |");
                foreach (var failure in tally.FailureMessages.Take(3))
                {
                    output.WriteLine($"<!-- {failure} -->");
                }
            }
        }
    }

    private static async Task SendAsync(InferenceEngine engine, string name, RequestTally tally)
    {
        var started = Stopwatch.GetTimestamp();
        var isHit = engine.Models.TryCreateRequest(name, ModelRegistry.HighestReady, out var request).IsOk;
        var status = InferenceStatus.Ok;
        if (!isHit)
        {
            (status, request) = await engine.CreateRequestAsync(name, ModelRegistry.HighestReady, null, CancellationToken.None).ConfigureAwait(false);
        }

        using (request)
        {
            if (request is not null)
            {
                status = await SampleRequest.RunAsync(request).ConfigureAwait(false);
            }
        }

        tally.Add(isHit, status, Stopwatch.GetElapsedTime(started));
    }

    private static string Percent(double share) => string.Create(CultureInfo.InvariantCulture, $"{share:0.0 %}");

    private static void ThrowIfFailed(in InferenceStatus status)
    {
        if (!status.IsOk)
        {
            throw new InvalidOperationException(status.Message);
        }
    }
}
