using System.Diagnostics;
using System.Globalization;
using System.Net;
using Camshaft.Client;

namespace Camshaft.BinaryBenchmark.Parts;

/// <summary>What Camshaft.Client takes from the managed heap for a request once it is warm: its own process's, which does nothing else meanwhile.</summary>
internal static class ClientPart
{
    private const int WarmUp = 20_000;
    private const int Requests = 20_000;

    public static void Run(BenchmarkOptions options, TextWriter output) => RunAsync(options, output).GetAwaiter().GetResult();

    private static async Task RunAsync(BenchmarkOptions options, TextWriter output)
    {
        using var servers = Servers.Start(options, Servers.Epoll);
        output.WriteLine("| Camshaft.Client, one request after the other | requests/s | managed bytes a request |");
        output.WriteLine("| --- | --- | --- |");
        foreach (var byteSize in new[] { 256, 600_000 })
        {
            var endPoint = (IPEndPoint)servers.EndPoint(Servers.Epoll, isUnix: false);
            await using var client = new CamshaftClient($"camshaft://{endPoint}");
            await using var model = await client.OpenModelAsync(options.Model).ConfigureAwait(false);
            var count = byteSize > 1000 ? Requests / 20 : Requests;
            var data = new byte[byteSize];
            await InferAsync(model, data, byteSize > 1000 ? WarmUp / 20 : WarmUp).ConfigureAwait(false);
            var before = GC.GetTotalAllocatedBytes(precise: true);
            var began = Stopwatch.GetTimestamp();
            await InferAsync(model, data, count).ConfigureAwait(false);
            var elapsed = Stopwatch.GetElapsedTime(began);
            var allocated = GC.GetTotalAllocatedBytes(precise: true) - before;
            output.WriteLine(string.Create(CultureInfo.InvariantCulture, $"| {byteSize:N0} bytes | {count / elapsed.TotalSeconds:N0} | {(double)allocated / count:F1} |"));
        }
    }

    private static async Task InferAsync(IInferenceModel model, byte[] data, int count)
    {
        for (var i = 0; i < count; i++)
        {
            using var result = await model.InferAsync(InferenceInput.Create("INPUT0", data, data.Length)).ConfigureAwait(false);
        }
    }
}
