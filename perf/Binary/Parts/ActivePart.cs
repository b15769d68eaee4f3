using System.Diagnostics;
using System.Globalization;
using Camshaft.Backends;
using Camshaft.BinaryBenchmark.Load;

namespace Camshaft.BinaryBenchmark.Parts;

/// <summary>Whether one connection among many is served worse than the others: each asks now and then, and has a p99 of its own.</summary>
internal static class ActivePart
{
    private const int Connections = 1_000;
    private const int Threads = 2;
    private const int Asks = 200;
    private const int ByteSize = 256;

    // About 10,000 requests a second in all: a small part of what the server can do.
    private static readonly TimeSpan Pause = TimeSpan.FromMilliseconds(1);
    private const int AsksBetweenPauses = 8;

    public static void Run(BenchmarkOptions options, TextWriter output)
    {
        output.WriteLine($"| {Connections:N0} connections, {Asks} requests each | median connection's p99 | slowest connection's p99 | ratio |");
        output.WriteLine("| --- | --- | --- | --- |");
        string[] names = [Servers.Blocking, Servers.Kestrel, Servers.Epoll];
        using var servers = Servers.Start(options, names);
        var request = RequestFrames.Infer(0, DataType.UInt8, new Shape(ByteSize), ByteSize);
        foreach (var isUnix in options.UnixSockets)
        {
            foreach (var name in names)
            {
                var p99 = new double[Connections];
                var threads = Enumerable.Range(0, Threads).Select(index => new Thread(() => Ask(servers, name, isUnix, options.Model, request, index, p99))).ToList();
                threads.ForEach(static thread => thread.Start());
                threads.ForEach(static thread => thread.Join());
                Array.Sort(p99);
                output.WriteLine(string.Create(
                    CultureInfo.InvariantCulture,
                    $"| {(isUnix ? "Unix socket" : "TCP")}: {name} | {p99[Connections / 2]:F0} µs | {p99[^1]:F0} µs | {p99[^1] / p99[Connections / 2]:F1} |"));
            }
        }
    }

    private static void Ask(Servers servers, string name, bool isUnix, string model, byte[] request, int index, double[] p99)
    {
        const int share = Connections / Threads;
        var connections = Enumerable.Range(0, share).Select(_ => servers.Open(name, isUnix, model, request, 1)).ToList();
        var times = new long[share][];
        for (var i = 0; i < share; i++)
        {
            times[i] = new long[Asks];
            connections[i].Ask();
        }

        for (var round = 0; round < Asks; round++)
        {
            for (var i = 0; i < share; i++)
            {
                var began = Stopwatch.GetTimestamp();
                connections[i].Ask();
                times[i][round] = Stopwatch.GetTimestamp() - began;
                if (i % AsksBetweenPauses == 0)
                {
                    Thread.Sleep(Pause);
                }
            }
        }

        for (var i = 0; i < share; i++)
        {
            Array.Sort(times[i]);
            p99[(index * share) + i] = times[i][(int)(0.99 * (Asks - 1))] * 1e6 / Stopwatch.Frequency;
            connections[i].Dispose();
        }
    }
}
