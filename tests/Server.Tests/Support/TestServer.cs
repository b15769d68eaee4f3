using Camshaft.Engine;
using Camshaft.Server.Configuration;
using Camshaft.Server.Startup;
using Camshaft.Testing;
using Microsoft.AspNetCore.Builder;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;

namespace Camshaft.Server.Tests.Support;

/// <summary>The server as <c>serve</c> puts it together, in this process, on a free port; ready when a test gets it.</summary>
internal sealed class TestServer : IAsyncDisposable
{
    private readonly WebApplication _application;

    private TestServer(WebApplication application)
    {
        _application = application;
        Engine = application.Services.GetRequiredService<InferenceEngine>();
        application.Services.GetRequiredService<ILoggerFactory>().AddProvider(Errors);
        Client = new InferenceClient(new Uri(ServeRunner.GetHttpAddresses(application).Single()));
    }

    public InferenceEngine Engine { get; }

    public InferenceClient Client { get; }

    /// <summary>Where the binary protocol is served: the port, then the Unix socket, as far as there are.</summary>
    public IReadOnlyList<string> BinaryAddresses => _application.Services.GetRequiredService<BinaryPort>().Addresses;

    /// <summary>Where the metrics are served.</summary>
    public Uri MetricsAddress => new(ServeRunner.GetMetricsAddresses(_application).Single());

    /// <summary>Stops it, as a signal does.</summary>
    public Task StopAsync() => _application.StopAsync();

    /// <summary>What the server logged as an error.</summary>
    public ErrorLog Errors { get; } = new();

    public static async Task<TestServer> StartAsync(string modelDirectory, Action<ServerOptions>? configure = null)
    {
        var options = new ServerOptions { Models = [modelDirectory], HttpPort = 0, BinaryPort = 0, MetricsPort = 0, LogLevel = LogLevel.Warning, ModelCache = "off" };
        configure?.Invoke(options);
        var application = ServerHost.Build(options);
        await application.StartAsync();
        var server = new TestServer(application);
        await server.Engine.Started;
        return server;
    }

    /// <summary>Waits until no request holds tensor memory: the answer reaches a client a moment before the request is disposed.</summary>
    public async Task AssertNothingLeasedAsync()
    {
        using var timeout = new CancellationTokenSource(TimeSpan.FromSeconds(10));
        while (Engine.Memory.LeasedCount > 0)
        {
            Assert.False(timeout.IsCancellationRequested, Engine.Memory.DescribeOutstanding());
            await Task.Yield();
        }
    }

    public async ValueTask DisposeAsync()
    {
        await AssertNothingLeasedAsync();
        Client.Dispose();
        await _application.StopAsync();
        await _application.DisposeAsync();
    }
}
