using System.Threading.Channels;
using Camshaft.Client.Tests.Support;
using Camshaft.Transport.Wire;
using Camshaft.Transport.Wire.Tests.Support;

namespace Camshaft.Client.Tests;

/// <summary>Which of several servers a request goes to.</summary>
public sealed class BalancingTests
{
    private static readonly InferenceInput Input = InferenceInput.Create("in", new byte[] { 1 });

    [Fact]
    public async Task Of_two_servers_the_one_with_fewer_outstanding_gets_the_request()
    {
        using var first = new ScriptedServer();
        using var second = new ScriptedServer();
        await using var client = new CamshaftClient(new CamshaftClientOptions { Endpoints = { new Uri(first.Address), new Uri(second.Address) } });
        var received = Channel.CreateUnbounded<(ScriptedConnection Connection, FrameImage Infer)>();
        var open = client.OpenModelAsync("model").AsTask();
        foreach (var server in new[] { first, second })
        {
            _ = ServeAsync(await server.AcceptAsync(), received.Writer);
        }

        var model = await open;
        await UntilBothServeAsync(model, received.Reader);

        for (var round = 0; round < 20; round++)
        {
            Task<InferenceResult>[] tasks = [model.InferAsync(Input).AsTask(), model.InferAsync(Input).AsTask()];
            var (a, b) = (await ReadAsync(received.Reader), await ReadAsync(received.Reader));
            Assert.NotSame(a.Connection, b.Connection);
            await a.Connection.AnswerAsync(a.Infer);
            await b.Connection.AnswerAsync(b.Infer);
            await Task.WhenAll(tasks);
        }
    }

    [Fact]
    public async Task A_server_that_cannot_be_reached_does_not_matter_while_another_can()
    {
        var gone = new ScriptedServer();
        gone.Dispose();
        using var there = new ScriptedServer();
        await using var client = new CamshaftClient(new CamshaftClientOptions { Endpoints = { new Uri(gone.Address), new Uri(there.Address) } });
        var open = client.OpenModelAsync("model").AsTask();

        await (await there.AcceptAsync()).OpenAsync();

        Assert.Equal("model", (await open).Name);
    }

    [Fact]
    public async Task Each_endpoint_gets_the_connections_that_are_wanted()
    {
        using var server = new ScriptedServer();
        await using var client = new CamshaftClient(new CamshaftClientOptions { Endpoints = { new Uri(server.Address) }, ConnectionsPerEndpoint = 3 });
        _ = client.OpenModelAsync("model").AsTask();

        for (var i = 0; i < 3; i++)
        {
            Assert.NotNull(await server.AcceptAsync());
        }
    }

    private static async Task UntilBothServeAsync(IInferenceModel model, ChannelReader<(ScriptedConnection Connection, FrameImage Infer)> received)
    {
        var seen = new HashSet<ScriptedConnection>();
        while (seen.Count < 2)
        {
            var task = model.InferAsync(Input).AsTask();
            var (connection, infer) = await ReadAsync(received);
            seen.Add(connection);
            await connection.AnswerAsync(infer);
            (await task).Dispose();
        }
    }

    private static async Task<(ScriptedConnection Connection, FrameImage Infer)> ReadAsync(ChannelReader<(ScriptedConnection, FrameImage)> received)
    {
        using var patience = new CancellationTokenSource(TimeSpan.FromSeconds(30));
        return await received.ReadAsync(patience.Token);
    }

    private static async Task ServeAsync(ScriptedConnection connection, ChannelWriter<(ScriptedConnection, FrameImage)> received)
    {
        while (await connection.ReceiveAsync() is { } frame)
        {
            if (frame.Kind == FrameKind.Open)
            {
                await connection.AnswerOpenAsync(frame, handle: 0);
            }
            else if (frame.Kind == FrameKind.Infer)
            {
                received.TryWrite((connection, frame));
            }
        }
    }
}
