using Camshaft.CudaSharedMemory.Tests.Support;
using Camshaft.Testing.Cuda;

namespace Camshaft.CudaSharedMemory.Tests.Joining;

/// <summary>Many requests of three clients at once, on four lanes whose copies and kernels the simulated GPU runs in any order that the streams allow.</summary>
public sealed class JoiningOrderTests
{
    private const int SeedCount = 24;
    private const int RoundCount = 4;
    private const int NumberCount = 25;

    [Fact]
    public async Task Whatever_the_order_every_request_gets_its_own_rows()
    {
        for (var seed = 0; seed < SeedCount; seed++)
        {
            await RunAsync(seed);
        }
    }

    private static async Task RunAsync(int seed)
    {
        await using var server = await GpuServer.StartAsync(new SimulatedDriverOptions { Seed = seed }, prepare: static server => JoiningModel.AddTo(server, concurrency: 4));
        await using var first = await JoiningClient.ConnectAsync(server, NumberCount);
        await using var second = await JoiningClient.ConnectAsync(server, NumberCount);
        await using var third = await JoiningClient.ConnectAsync(server, NumberCount);
        var random = new Random(seed);
        for (var round = 0; round < RoundCount; round++)
        {
            var answers = Enumerable.Range(0, NumberCount)
                .SelectMany(number => (JoiningClient[])[first, second, third], static (number, client) => (Number: number, Client: client))
                .Select(request => (request.Number, Rows: random.Next(1, 4), OnDevice: (OnDevice)random.Next(4), request.Client))
                .Select(static async request => (request.Number, request.Rows, request.OnDevice, Answer: await request.Client.InferAsync(request.Number, request.OnDevice, request.Rows)));
            foreach (var (number, rows, onDevice, answer) in await Task.WhenAll(answers))
            {
                Assert.True(answer.AsSpan().SequenceEqual(JoiningModel.Answer(number, rows)), $"Seed {seed}, round {round}: number {number} of {rows} rows, {onDevice} on the device, was answered with {string.Join(' ', answer)}.");
            }
        }

        Assert.Contains(server.Find(JoiningModel.Name).Recorder.ReadBatchSizes(), static size => size.Rows > 3);
    }
}
