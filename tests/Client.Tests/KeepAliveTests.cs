using Camshaft.Backends;
using Camshaft.Client.Tests.Support;
using Camshaft.Transport.Wire;
using Microsoft.Extensions.Time.Testing;

namespace Camshaft.Client.Tests;

/// <summary>Connections that have fallen silent.</summary>
public sealed class KeepAliveTests
{
    [Fact]
    public async Task A_server_that_does_not_answer_pings_is_given_up()
    {
        var clock = new FakeTimeProvider();
        using var server = new ScriptedServer();
        await using var client = new CamshaftClient(new CamshaftClientOptions
        {
            Endpoints = { new Uri(server.Address) },
            Timeout = Timeout.InfiniteTimeSpan,
            KeepAlive = TimeSpan.FromSeconds(10),
            TimeProvider = clock,
        });
        var open = client.OpenModelAsync("model").AsTask();
        var connection = await server.AcceptAsync();
        await connection.OpenAsync();
        var model = await open;
        var task = model.InferAsync(InferenceInput.Create("in", new byte[1])).AsTask();
        Assert.Equal(FrameKind.Infer, (await connection.ReceiveAsync())!.Kind);

        clock.Advance(TimeSpan.FromSeconds(10));
        Assert.Equal(FrameKind.Ping, (await connection.ReceiveAsync())!.Kind);
        clock.Advance(TimeSpan.FromSeconds(10));

        var exception = await Assert.ThrowsAsync<InferenceException>(() => task);
        Assert.Equal((StatusCode.Unavailable, false), (exception.Code, exception.NotBegun));
        Assert.Contains("does not answer pings", exception.Message, StringComparison.Ordinal);
    }
}
