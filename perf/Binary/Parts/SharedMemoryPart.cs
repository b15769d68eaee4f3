using System.Diagnostics;
using System.Globalization;
using System.Net.Sockets;
using Camshaft.Backends;
using Camshaft.Client;

namespace Camshaft.BinaryBenchmark.Parts;

/// <summary>
/// A request and its answer through the .NET client, one after the other: of 256 bytes in frames, and of 600 KB in frames, in named and in sealed shared memory.
/// The identity's own copy of 600 KB, measured here, is no transport's and is subtracted. Kinds take turns; ratios are taken in each round.
/// </summary>
internal static class SharedMemoryPart
{
    private const int Small = 256;
    private const int Large = 600_000;

    public static void Run(BenchmarkOptions options, TextWriter output) => RunAsync(options, output).GetAwaiter().GetResult();

    private static async Task RunAsync(BenchmarkOptions options, TextWriter output)
    {
        using var servers = Servers.Start(options, Servers.Kestrel, Servers.Epoll);
        await using var frames = new CamshaftClient(Address(servers, Servers.Epoll));

        // The web server takes no descriptors, so that there memory has a name.
        await using var other = new CamshaftClient(Address(servers, Servers.Kestrel));
        await using var model = await frames.OpenModelAsync(options.Model).ConfigureAwait(false);
        await using var otherModel = await other.OpenModelAsync(options.Model).ConfigureAwait(false);
        await using var isSealed = await frames.CreateRegionAsync(2 << 20).ConfigureAwait(false);
        await using var named = await other.CreateRegionAsync(2 << 20).ConfigureAwait(false);
        var own = new Copy();
        (string Name, Func<ValueTask> Once)[] kinds =
        [
            ("256 B in frames", Sent(model, Small)),
            ("600 KB in frames", Sent(model, Large)),
            ("600 KB in named memory", Shared(otherModel, named)),
            ("600 KB in sealed memory", Shared(model, isSealed)),
            ("the identity's copy of 600 KB", own.RunAsync),
        ];
        foreach (var (_, once) in kinds)
        {
            await MeasureAsync(once, options.WarmUp).ConfigureAwait(false);
        }

        var times = kinds.Select(static _ => new List<double>()).ToList();
        for (var round = 0; round < options.Rounds; round++)
        {
            for (var i = 0; i < kinds.Length; i++)
            {
                var kind = (i + round) % kinds.Length;
                times[kind].Add(await MeasureAsync(kinds[kind].Once, options.Duration).ConfigureAwait(false));
            }
        }

        output.WriteLine("| request and answer | µs | without the copy, of 256 B |");
        output.WriteLine("| --- | --- | --- |");
        for (var i = 0; i < kinds.Length; i++)
        {
            var copies = i is > 0 and < 4 ? times[4] : null;
            var ratio = Median(times[i].Select((time, round) => (time - (copies?[round] ?? 0)) / times[0][round]));
            output.WriteLine(string.Create(CultureInfo.InvariantCulture, $"| {kinds[i].Name} | {Median(times[i]):F1} | {(i < 4 ? ratio.ToString("F2", CultureInfo.InvariantCulture) : "")} |"));
        }
    }

    private static string Address(Servers servers, string name) => "camshaft+unix://" + (UnixDomainSocketEndPoint)servers.EndPoint(name, isUnix: true);

    private static Func<ValueTask> Sent(IInferenceModel model, int byteSize)
    {
        var input = InferenceInput.Create(model.Signature.Inputs[0].Name, new byte[byteSize]);
        return () => InferAsync(model, input, null);
    }

    private static Func<ValueTask> Shared(IInferenceModel model, SharedRegion region)
    {
        var input = InferenceInput.FromRegion(model.Signature.Inputs[0].Name, DataType.UInt8, region.Slice(0, Large), Large);
        var wishes = new InferenceOptions { OutputRegions = [new OutputRegion(model.Signature.Outputs[0].Name, region.Slice(1 << 20, Large))] };
        return () => InferAsync(model, input, wishes);
    }

    private static async ValueTask InferAsync(IInferenceModel model, InferenceInput input, InferenceOptions? wishes)
    {
        using var result = await model.InferAsync(input, wishes).ConfigureAwait(false);
    }

    /// <summary>Repeats something for a while.</summary>
    /// <returns>Microseconds for each time.</returns>
    private static async Task<double> MeasureAsync(Func<ValueTask> once, TimeSpan duration)
    {
        var count = 0;
        var watch = Stopwatch.StartNew();
        while (watch.Elapsed < duration)
        {
            await once().ConfigureAwait(false);
            count++;
        }

        return watch.Elapsed.TotalMicroseconds / count;
    }

    private static double Median(IEnumerable<double> values)
    {
        double[] sorted = [.. values.Order()];
        return sorted[sorted.Length / 2];
    }

    /// <summary>What the model itself does, over memory of its own.</summary>
    private sealed class Copy
    {
        private readonly byte[] _from = new byte[Large];
        private readonly byte[] _to = new byte[Large];

        public ValueTask RunAsync()
        {
            _from.CopyTo(_to, 0);
            return ValueTask.CompletedTask;
        }
    }
}
