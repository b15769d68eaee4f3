using System.Diagnostics;
using System.Globalization;

namespace Camshaft.Microbenchmarks;

/// <summary>
/// What the load of a large model does to a small one that serves: latencies of mnist, one request every 2 ms, before and during
/// loads of densenet121. Both alternate, so that a neighbour's load on the machine meets both.
/// </summary>
internal static class LoadBesideServing
{
    private const string Loaded = "densenet121";

    // As many one after the other: a single load is over before there is a percentile.
    private const int Copies = 8;

    private static readonly TimeSpan Interval = TimeSpan.FromMilliseconds(2);
    private static readonly TimeSpan PhaseTime = TimeSpan.FromSeconds(3);

    public static async Task PrintAsync(int rounds)
    {
        var serving = BenchmarkModel.All.FirstOrDefault(static model => model.Name == "mnist")
            ?? throw new InvalidOperationException("mnist is not there; CAMSHAFT_TEST_DATA names the folder of the real models.");
        var directory = Directory.CreateTempSubdirectory("camshaft-load");
        try
        {
            var models = CopyModels(serving, Path.Combine(directory.FullName, "models"));
            Console.WriteLine("| cache | p50 before | p50 during | p99 before | p99 during | ratio of p99 | a load |");
            Console.WriteLine("|---|---|---|---|---|---|---|");
            foreach (var cache in (string?[])[null, Path.Combine(directory.FullName, "cache")])
            {
                await PrintAsync(models, cache, rounds).ConfigureAwait(false);
            }
        }
        finally
        {
            directory.Delete(recursive: true);
        }
    }

    private static BenchmarkModel CopyModels(BenchmarkModel serving, string directory)
    {
        Copy(serving.Name, serving.Name);
        for (var copy = 0; copy < Copies; copy++)
        {
            Copy(Loaded, $"{Loaded}-{copy}");
        }

        return serving with { Directory = directory };

        void Copy(string model, string name)
        {
            var version = Directory.CreateDirectory(Path.Combine(directory, name, "1"));
            File.Copy(Path.Combine(serving.Directory, model, "1", "model.onnx"), Path.Combine(version.FullName, "model.onnx"));
        }
    }

    private static async Task PrintAsync(BenchmarkModel serving, string? cache, int rounds)
    {
        await using var engine = new EngineUnderTest(serving, options => options with { ModelCacheDirectory = cache });
        await engine.StartAsync().ConfigureAwait(false);

        // With a cache the first load is another: it prepares the model.
        await LoadAsync(engine).ConfigureAwait(false);
        await UnloadAsync(engine).ConfigureAwait(false);
        var ratios = new List<double>();
        for (var round = 0; round < rounds; round++)
        {
            var before = await SendAsync(engine, Task.Delay(PhaseTime)).ConfigureAwait(false);
            var started = Stopwatch.GetTimestamp();
            var during = await SendAsync(engine, LoadAsync(engine)).ConfigureAwait(false);
            var time = Stopwatch.GetElapsedTime(started) / Copies;
            await UnloadAsync(engine).ConfigureAwait(false);
            ratios.Add(Percentile(during, 0.99) / Percentile(before, 0.99));
            Console.WriteLine(string.Create(
                CultureInfo.InvariantCulture,
                $"| {(cache is null ? "off" : "on")} | {Percentile(before, 0.5):F0} µs | {Percentile(during, 0.5):F0} µs | {Percentile(before, 0.99):F0} µs | {Percentile(during, 0.99):F0} µs | {ratios[^1]:F2} | {time.TotalMilliseconds:F0} ms |"));
        }

        ratios.Sort();
        Console.WriteLine(string.Create(CultureInfo.InvariantCulture, $"| median | | | | | {ratios[ratios.Count / 2]:F2} | |"));
    }

    private static async Task LoadAsync(EngineUnderTest engine)
    {
        for (var copy = 0; copy < Copies; copy++)
        {
            EngineUnderTest.ThrowIfFailed(await engine.Controller.LoadAsync($"{Loaded}-{copy}", CancellationToken.None).ConfigureAwait(false));
        }
    }

    private static async Task UnloadAsync(EngineUnderTest engine)
    {
        for (var copy = 0; copy < Copies; copy++)
        {
            EngineUnderTest.ThrowIfFailed(await engine.Controller.UnloadAsync($"{Loaded}-{copy}", CancellationToken.None).ConfigureAwait(false));
        }

        // Memory is given back in the background.
        await Task.Delay(TimeSpan.FromSeconds(1)).ConfigureAwait(false);
    }

    // From a thread of its own, so that what is late is the engine and not the sender; each request goes whatever became of
    // the one before.
    private static async Task<List<double>> SendAsync(EngineUnderTest engine, Task phase)
    {
        var answers = new List<Task<double>>();
        var sender = new Thread(() =>
        {
            while (!phase.IsCompleted)
            {
                answers.Add(SendAsync(engine));
                Thread.Sleep(Interval);
            }
        });
        sender.Start();
        await phase.ConfigureAwait(false);
        sender.Join();
        var latencies = (await Task.WhenAll(answers).ConfigureAwait(false)).ToList();
        latencies.Sort();
        return latencies;
    }

    private static async Task<double> SendAsync(EngineUnderTest engine)
    {
        var sent = Stopwatch.GetTimestamp();
        await engine.RunAsync(mayRunInline: false).ConfigureAwait(false);
        return Stopwatch.GetElapsedTime(sent).TotalMicroseconds;
    }

    private static double Percentile(List<double> sorted, double part) => sorted[(int)((sorted.Count - 1) * part)];
}
