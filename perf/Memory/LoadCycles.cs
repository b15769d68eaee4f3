using System.Globalization;

namespace Camshaft.MemoryBenchmark;

/// <summary>Loads and unloads one model again and again. What the process then holds must not grow.</summary>
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
            using var server = await ServerProcess.StartAsync(serverPath, Path.GetFullPath(models), isPrepared ? Path.Combine(cache.FullName, "cache") : "off").ConfigureAwait(false);
            for (var cycle = 0; cycle < WarmUpCycles; cycle++)
            {
                await server.LoadAsync(WarmUpModel).ConfigureAwait(false);
                await server.UnloadAsync(WarmUpModel).ConfigureAwait(false);
            }

            var bare = server.AnonymousByteSize;
            var loaded = new List<long>();
            var unloaded = new List<long>();
            for (var cycle = 0; cycle < cycles; cycle++)
            {
                await server.LoadAsync(model).ConfigureAwait(false);
                loaded.Add(server.AnonymousByteSize);
                await server.UnloadAsync(model).ConfigureAwait(false);
                unloaded.Add(server.AnonymousByteSize);
            }

            var second = unloaded[Settling - 1];
            var later = unloaded.Skip(Settling).ToList();
            output.WriteLine($"{model}, {cycles} cycles, {(isPrepared ? "prepared" : "as it is")}; anonymous memory in MB");
            output.WriteLine();
            output.WriteLine("| without models | loaded, median | after the 2nd unload | after the last | lowest and highest after the 2nd | highest against the 2nd | highest above without models |");
            output.WriteLine("| --- | --- | --- | --- | --- | --- | --- |");
            output.WriteLine(string.Create(
                CultureInfo.InvariantCulture,
                $"| {Megabytes(bare)} | {Megabytes(loaded.Order().ElementAt(loaded.Count / 2))} | {Megabytes(second)} | {Megabytes(unloaded[^1])} | {Megabytes(later.Min())}, {Megabytes(later.Max())} | {(later.Max() - second) / (double)second:+0.0 %;-0.0 %} | {Megabytes(later.Max() - bare)} |"));
        }
        finally
        {
            cache.Delete(recursive: true);
        }
    }

    private static string Megabytes(long byteSize) => string.Create(CultureInfo.InvariantCulture, $"{byteSize / 1e6:0.0}");
}
