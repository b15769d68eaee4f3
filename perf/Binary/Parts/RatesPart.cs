using System.Globalization;
using Camshaft.Backends;
using Camshaft.BinaryBenchmark.Load;

namespace Camshaft.BinaryBenchmark.Parts;

/// <summary>
/// Rates beside the echoes and HTTP, with the same bytes: servers take turns in changing order, so that what else the
/// machine does meets all of them; ratios are taken in each round, and their medians are the figures.
/// </summary>
internal static class RatesPart
{
    private const int Small = 256;
    private const int Large = 600_000;
    private const string Http = "HTTP";

    // Deep alone at 256 bytes: an echo that blocks and a client that does would wait for one another with more than the sockets hold.
    private static readonly (int ByteSize, int Connections, int Depth)[] Scenarios =
        [(Small, 1, 1), (Small, 8, 1), (Small, 1, 16), (Small, 8, 16), (Large, 1, 1), (Large, 8, 1)];

    public static void Run(BenchmarkOptions options, TextWriter output)
    {
        using var servers = Servers.Start(options, Servers.Blocking, Servers.Async, Servers.Kestrel, Servers.Epoll);
        foreach (var isUnix in options.UnixSockets)
        {
            output.WriteLine($"| {(isUnix ? "Unix socket" : "TCP")} | answers/s | p50 / p99 µs | of the blocking echo | of the ReceiveAsync echo | server processor µs/answer | bytes allocated/answer |");
            output.WriteLine("| --- | --- | --- | --- | --- | --- | --- |");
            foreach (var (byteSize, connections, depth) in Scenarios)
            {
                Measure(options, servers, isUnix, (byteSize, connections, depth), output);
            }

            output.WriteLine();
        }
    }

    private static void Measure(BenchmarkOptions options, Servers servers, bool isUnix, (int ByteSize, int Connections, int Depth) scenario, TextWriter output)
    {
        var request = RequestFrames.Infer(0, DataType.UInt8, new Shape(scenario.ByteSize), scenario.ByteSize);
        var contenders = new List<Contender>();
        foreach (var name in new[] { Servers.Blocking, Servers.Async, Servers.Kestrel, Servers.Epoll })
        {
            contenders.Add(Contender.Open(name, servers.Process(name), scenario.Connections, () => servers.Open(name, isUnix, options.Model, request, scenario.Depth)));
        }

        if (!isUnix)
        {
            // HTTP/1.1 has one request on a connection, so what is deep here is sixteen connections there.
            var http = HttpAnswer.CreateRequest(options.Model, scenario.ByteSize);
            contenders.Add(Contender.Open(Http, servers.Process(Servers.Epoll), scenario.Depth == 1 ? scenario.Connections : 16, () => RawConnection.OpenHttp(servers.HttpEndPoint(Servers.Epoll), http)));
        }

        foreach (var contender in contenders)
        {
            contender.Load.Run(options.WarmUp);
        }

        for (var round = 0; round < options.Rounds; round++)
        {
            for (var i = 0; i < contenders.Count; i++)
            {
                var contender = contenders[(i + round) % contenders.Count];
                contender.Results.Add(contender.Load.Run(options.Duration));
            }
        }

        var text = $"{(scenario.ByteSize == Small ? "256 B" : "600 KB")}, {scenario.Connections} connection{(scenario.Connections > 1 ? "s" : "")}{(scenario.Depth > 1 ? $", {scenario.Depth} deep" : "")}";
        foreach (var contender in contenders)
        {
            var median = LoadResult.Median(contender.Results);
            var times = double.IsNaN(median.P50) ? "" : string.Create(CultureInfo.InvariantCulture, $"{median.P50:F1} / {median.P99:F0}");
            output.WriteLine(string.Create(
                CultureInfo.InvariantCulture,
                $"| {text}: {contender.Describe()} | {median.Rate:N0} | {times} | {contender.RatioTo(contenders[0]):P0} | {contender.RatioTo(contenders[1]):P0} | {median.ProcessorMicroseconds:F1} | {median.AllocatedBytes:N0} |"));
            contender.Dispose();
        }
    }

    private sealed record Contender(string Name, IReadOnlyList<RawConnection> Connections, LoadRun Load) : IDisposable
    {
        public List<LoadResult> Results { get; } = [];

        public static Contender Open(string name, MeasuredProcess server, int count, Func<RawConnection> open)
        {
            var connections = Enumerable.Range(0, count).Select(_ => open()).ToList();
            return new Contender(name, connections, new LoadRun(server, connections));
        }

        public string Describe() => Name == Http ? $"{Name}, {Connections.Count} connection{(Connections.Count > 1 ? "s" : "")}" : Name;

        public double RatioTo(Contender other) => LoadResult.Median(Results.Zip(other.Results, static (own, others) => own.Rate / others.Rate));

        public void Dispose()
        {
            foreach (var connection in Connections)
            {
                connection.Dispose();
            }
        }
    }
}
