using System.Globalization;
using Camshaft.Backends;
using Camshaft.BinaryBenchmark.Load;

namespace Camshaft.BinaryBenchmark.Parts;

/// <summary>How far the slow requests are from the usual ones at half load: mnist, beside the blocking echo at the same rate.</summary>
internal static class OpenLoopPart
{
    private const string Model = "mnist";
    private const int ByteSize = 28 * 28 * sizeof(float);
    private const int MostAtOnce = 64;

    public static void Run(BenchmarkOptions options, TextWriter output)
    {
        using var servers = Servers.Start(options with { Model = Model }, Servers.Blocking, Servers.Kestrel, Servers.Epoll);
        var request = RequestFrames.Infer(0, DataType.Float32, new Shape(1, 1, 28, 28), ByteSize);
        output.WriteLine("| mnist, half load | requests/s | p50 / p99 µs | p99 over p50 | of the echo's |");
        output.WriteLine("| --- | --- | --- | --- | --- |");
        foreach (var isUnix in options.UnixSockets)
        {
            string[] names = [Servers.Blocking, Servers.Kestrel, Servers.Epoll];
            using var first = servers.Open(Servers.Epoll, isUnix, Model, request, 1);
            var load = new LoadRun(servers.Process(Servers.Epoll), [first]);
            load.Run(options.WarmUp);
            var rate = load.Run(options.Duration).Rate / 2;
            var results = names.ToDictionary(static name => name, static _ => new List<(double P50, double P99)>());
            for (var round = 0; round <= options.Rounds; round++)
            {
                foreach (var name in names)
                {
                    using var connection = servers.Open(name, isUnix, Model, request, MostAtOnce);
                    var result = OpenLoop.Run(connection, rate, Math.Max(1000, (int)(rate * options.Duration.TotalSeconds)), seed: round);
                    if (round > 0)
                    {
                        results[name].Add(result);
                    }
                }
            }

            foreach (var name in names)
            {
                var ratio = LoadResult.Median(results[name].Select(static result => result.P99 / result.P50));
                var against = LoadResult.Median(results[name].Zip(results[Servers.Blocking], static (own, echo) => own.P99 / own.P50 / (echo.P99 / echo.P50)));
                output.WriteLine(string.Create(
                    CultureInfo.InvariantCulture,
                    $"| {(isUnix ? "Unix socket" : "TCP")}: {name} | {rate:N0} | {LoadResult.Median(results[name].Select(static result => result.P50)):F0} / {LoadResult.Median(results[name].Select(static result => result.P99)):F0} | {ratio:F2} | {against:F2} |"));
            }
        }
    }
}
