using System.Globalization;
using Camshaft.Backends;
using Camshaft.Engine;
using Camshaft.Engine.Models;
using Microsoft.Extensions.Logging.Abstractions;

namespace Camshaft.MemoryBenchmark;

/// <summary>
/// Loads and unloads one model again and again; what the process then holds must not grow. Once in a server, as it stands, and once in an engine
/// in this process, where garbage is collected before each reading, so that what is left is memory that nothing gives back.
/// </summary>
internal static class LoadCycles
{
    private const int Settling = 2;

    // The runtime's own memory grows for as long: code is compiled, and compiled again for what is used often.
    private const int WarmUpCycles = 20;
    private const string WarmUpModel = "mnist";

    public static async Task RunAsync(string serverPath, string models, string model, int cycles, bool isPrepared, TextWriter output)
    {
        var cache = Directory.CreateTempSubdirectory("camshaft-memory-");
        try
        {
            output.WriteLine($"{model}, {cycles} cycles, {(isPrepared ? "prepared" : "as it is")}; anonymous memory in MB");
            output.WriteLine();
            output.WriteLine("| | without models | loaded, median | after the 2nd unload | after the last | lowest and highest after the 2nd | median of the last ten against the 2nd | highest above without models |");
            output.WriteLine("| --- | --- | --- | --- | --- | --- | --- | --- |");
            models = Path.GetFullPath(models);
            using (var server = await ServerProcess.StartAsync(serverPath, models, isPrepared ? Path.Combine(cache.FullName, "server") : "off").ConfigureAwait(false))
            {
                Write("server", await RunAsync(model, cycles, server.LoadAsync, server.UnloadAsync, () => server.AnonymousByteSize).ConfigureAwait(false), output);
            }

            var engine = CreateEngine(serverPath, models, isPrepared ? Path.Combine(cache.FullName, "engine") : null);
            await using (engine.ConfigureAwait(false))
            {
                await engine.StartAsync(CancellationToken.None).ConfigureAwait(false);
                Write("engine, garbage collected", await RunAsync(model, cycles, name => LoadAsync(engine, name), name => UnloadAsync(engine, name), ReadWithoutGarbage).ConfigureAwait(false), output);
            }
        }
        finally
        {
            cache.Delete(recursive: true);
        }
    }

    private static async Task<Readings> RunAsync(string model, int cycles, Func<string, Task> load, Func<string, Task> unload, Func<long> read)
    {
        for (var cycle = 0; cycle < WarmUpCycles; cycle++)
        {
            await load(WarmUpModel).ConfigureAwait(false);
            await unload(WarmUpModel).ConfigureAwait(false);
        }

        var readings = new Readings(read(), [], []);
        for (var cycle = 0; cycle < cycles; cycle++)
        {
            await load(model).ConfigureAwait(false);
            readings.Loaded.Add(read());
            await unload(model).ConfigureAwait(false);
            readings.Unloaded.Add(read());
        }

        return readings;
    }

    private static InferenceEngine CreateEngine(string serverPath, string models, string? cache) => new(
        new EngineOptions
        {
            ModelDirectories = [models],
            PluginDirectory = Path.Combine(Path.GetDirectoryName(serverPath)!, "plugins"),
            ModelCacheDirectory = cache,
            ControlMode = ModelControlMode.Explicit,
        },
        NullLoggerFactory.Instance,
        TimeProvider.System,
        []);

    private static async Task LoadAsync(InferenceEngine engine, string model) => ThrowIfFailed(await engine.Controller.LoadAsync(model, CancellationToken.None).ConfigureAwait(false));

    private static async Task UnloadAsync(InferenceEngine engine, string model)
    {
        ThrowIfFailed(engine.Models.TryGetVersion(model, ModelRegistry.HighestReady, out var version));
        ThrowIfFailed(await engine.Controller.UnloadAsync(model, CancellationToken.None).ConfigureAwait(false));
        while (version!.State != ModelState.Unloaded)
        {
            await Task.Delay(5).ConfigureAwait(false);
        }
    }

    private static long ReadWithoutGarbage()
    {
        GC.Collect(GC.MaxGeneration, GCCollectionMode.Aggressive, blocking: true, compacting: true);
        return ProcessMemory.ReadAnonymous(Environment.ProcessId);
    }

    private static void Write(string what, Readings readings, TextWriter output)
    {
        var second = readings.Unloaded[Settling - 1];
        var later = readings.Unloaded.Skip(Settling).ToList();
        output.WriteLine(string.Create(
            CultureInfo.InvariantCulture,
            $"| {what} | {Megabytes(readings.Bare)} | {Megabytes(Median(readings.Loaded))} | {Megabytes(second)} | {Megabytes(readings.Unloaded[^1])} | {Megabytes(later.Min())}, {Megabytes(later.Max())} | {(Median(readings.Unloaded.TakeLast(10)) - second) / (double)second:+0.0 %;-0.0 %} | {Megabytes(later.Max() - readings.Bare)} |"));
    }

    private static long Median(IEnumerable<long> readings)
    {
        var ordered = readings.Order().ToList();
        return ordered[ordered.Count / 2];
    }

    private static string Megabytes(long byteSize) => string.Create(CultureInfo.InvariantCulture, $"{byteSize / 1e6:0.0}");

    private static void ThrowIfFailed(in InferenceStatus status)
    {
        if (!status.IsOk)
        {
            throw new InvalidOperationException(status.Message);
        }
    }

    private sealed record Readings(long Bare, List<long> Loaded, List<long> Unloaded);
}
