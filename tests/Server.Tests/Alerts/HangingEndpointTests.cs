using System.Net;
using System.Net.Sockets;
using Camshaft.Server.Configuration.Alerts;
using Camshaft.Server.Tests.Support;
using Camshaft.Testing;

namespace Camshaft.Server.Tests.Alerts;

/// <summary>A server whose webhook and Alertmanager take connections and never answer.</summary>
public sealed class HangingEndpointTests : IDisposable
{
    private readonly TempDirectory _directory = new();
    private readonly TcpListener _listener = new(IPAddress.Loopback, 0);

    public HangingEndpointTests()
    {
        _listener.Start();
        _directory.Write("simple/1/model.onnx", SampleModel.Read("simple"));
        _directory.Write("bad/1/model.onnx", "no model"u8.ToArray());
    }

    public void Dispose()
    {
        _listener.Dispose();
        _directory.Dispose();
    }

    [Fact]
    public async Task It_serves_and_goes_on_judging_and_stops()
    {
        var server = await TestServer.StartAsync(_directory.FullPath, options =>
        {
            options.Alerts.IntervalSeconds = 1;
            options.Alerts.Webhooks["hook"] = new WebhookSection { Url = $"http://{_listener.LocalEndpoint}/", TimeoutSeconds = 300 };
            options.Alerts.Alertmanagers["am"] = new AlertmanagerSection { Url = $"http://{_listener.LocalEndpoint}/", TimeoutSeconds = 300, ResendSeconds = 1 };
        });
        using var timeout = new CancellationTokenSource(TimeSpan.FromSeconds(60));
        using var first = await _listener.AcceptTcpClientAsync(timeout.Token);
        using var second = await _listener.AcceptTcpClientAsync(timeout.Token);

        // Both messages are under way; the board goes on, and so do requests.
        var seen = await ReadTimeAsync();
        await Eventually.TrueAsync(async () =>
        {
            Assert.Equal(HttpStatusCode.OK, (await server.Client.InferAsync("simple", SampleModel.SimpleInputs, binary: true)).Status);
            return await ReadTimeAsync() > seen.AddSeconds(3);
        });
        await server.DisposeAsync().AsTask().WaitAsync(timeout.Token);

        async Task<DateTimeOffset> ReadTimeAsync() => (DateTimeOffset)(await server.Client.GetAsync("/v2/alerts")).Body!["time"]!;
    }
}
