using System.Globalization;
using System.Net.Sockets;
using Camshaft.BinaryBenchmark.Load;

namespace Camshaft.BinaryBenchmark.Parts;

/// <summary>What a connection costs that says nothing after its hello: the server's resident memory with and without very many, per connection.</summary>
internal static class IdlePart
{
    // Half of what a process may usually open; both ends are on this machine.
    private const int Connections = 10_000;
    private const int First = 500;
    private static readonly TimeSpan Rest = TimeSpan.FromSeconds(2);

    public static void Run(BenchmarkOptions options, TextWriter output)
    {
        output.WriteLine($"| {Connections:N0} idle connections | resident before | resident with them | each |");
        output.WriteLine("| --- | --- | --- | --- |");
        foreach (var name in new[] { Servers.Kestrel, Servers.Epoll })
        {
            foreach (var isUnix in options.UnixSockets)
            {
                using var servers = Servers.Start(options, name);

                // The first ones bring the code and the pools along.
                Open(servers, name, isUnix, First).ForEach(static socket => socket.Dispose());
                Thread.Sleep(Rest);
                var before = ReadResidentKilobytes(servers.Process(name).Id);
                var sockets = Open(servers, name, isUnix, Connections);
                Thread.Sleep(Rest);
                var with = ReadResidentKilobytes(servers.Process(name).Id);
                sockets.ForEach(static socket => socket.Dispose());
                output.WriteLine(string.Create(
                    CultureInfo.InvariantCulture,
                    $"| {(isUnix ? "Unix socket" : "TCP")}: {name} | {before / 1024.0:F1} MiB | {with / 1024.0:F1} MiB | {(double)(with - before) / Connections:F1} KiB |"));
            }
        }
    }

    private static List<Socket> Open(Servers servers, string name, bool isUnix, int count) =>
        [.. Enumerable.Range(0, count).Select(_ => RawConnection.Greet(servers.EndPoint(name, isUnix)))];

    private static long ReadResidentKilobytes(int processId) => long.Parse(
        File.ReadLines($"/proc/{processId}/status").Single(static line => line.StartsWith("VmRSS:", StringComparison.Ordinal)).Split([' ', '\t'], StringSplitOptions.RemoveEmptyEntries)[1],
        CultureInfo.InvariantCulture);
}
