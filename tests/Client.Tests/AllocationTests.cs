using Camshaft.Client.Tests.Support;
using Camshaft.Transport.Wire;

namespace Camshaft.Client.Tests;

/// <summary>What a warm request takes from the managed heap. Runs while no other test does, since what counts is what all threads take.</summary>
[Collection(AloneCollection.Name)]
public sealed class AllocationTests
{
    private const int Requests = 2000;
    private const int Rounds = 5;

    [Theory]
    [InlineData(256, 1)]
    [InlineData(256, 16)]
    [InlineData(600_000, 1)]
    public async Task A_warm_request_takes_a_hundred_bytes_at_most(int byteSize, int depth)
    {
        using var server = new ScriptedServer();

        // No ping: the echo takes whatever comes for the request that it knows.
        var client = new CamshaftClient(new CamshaftClientOptions { Endpoints = { new Uri(server.Address) }, KeepAlive = TimeSpan.FromHours(1) });
        var open = client.OpenModelAsync("model").AsTask();
        using var connection = await server.AcceptAsync();
        await connection.OpenAsync();
        var model = await open;
        var input = InferenceInput.Create("in", new byte[byteSize]);
        var first = model.InferAsync(input).AsTask();
        var infer = await connection.ReceiveAsync(FrameKind.Infer);
        await connection.AnswerAsync(infer);
        (await first).Dispose();
        var echo = connection.EchoAsync(infer);

        Assert.InRange(await MeasureAsync(model, input, depth), 0, 100);

        await client.DisposeAsync();
        connection.Dispose();
        await echo.ContinueWith(static _ => { }, TaskScheduler.Default);
    }

    /// <summary>The bytes for each request in the best of a few rounds: what a request takes shows in every one, what the runtime takes now and then in some.</summary>
    private static async Task<double> MeasureAsync(IInferenceModel model, InferenceInput input, int depth)
    {
        await RunAsync(model, input, depth);
        var least = double.MaxValue;
        for (var round = 0; round < Rounds; round++)
        {
            var before = GC.GetTotalAllocatedBytes(precise: true);
            await RunAsync(model, input, depth);
            least = Math.Min(least, (GC.GetTotalAllocatedBytes(precise: true) - before) / (double)Requests);
        }

        return least;
    }

    // On the thread pool as programs do, without a context of the test framework's, which takes memory for each continuation.
    private static Task RunAsync(IInferenceModel model, InferenceInput input, int depth) => Task.WhenAll(Enumerable.Range(0, depth).Select(_ => Task.Run(async () =>
    {
        for (var i = 0; i < Requests / depth; i++)
        {
            using var result = await model.InferAsync(input);
        }
    })));
}
