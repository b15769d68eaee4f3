using System.Net.Http.Json;
using System.Text.Json.Nodes;
using Camshaft.Backends.Cuda.Devices;
using Camshaft.Engine;
using Camshaft.LiveConsole.Feed;
using Camshaft.Server.Configuration;
using Camshaft.Server.Startup;
using Microsoft.AspNetCore.Builder;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;

namespace Camshaft.LiveConsole.Tests.Support;

/// <summary>The server as <c>serve</c> puts it together, in this process, on a free port; ready when a test gets it.</summary>
internal sealed class ConsoleServer : IAsyncDisposable
{
    private readonly WebApplication _application;

    private ConsoleServer(WebApplication application)
    {
        _application = application;
        Address = new Uri(ServeRunner.GetHttpAddresses(application).Single());
        Http = new HttpClient { BaseAddress = Address };
    }

    public Uri Address { get; }

    public HttpClient Http { get; }

    /// <summary>Where Prometheus reads.</summary>
    public Uri MetricsAddress => new(new Uri(ServeRunner.GetMetricsAddresses(_application).Single()), "/metrics");

    public InferenceEngine Engine => _application.Services.GetRequiredService<InferenceEngine>();

    public FeedHub Hub => _application.Services.GetRequiredService<FeedHub>();

    /// <summary>Starts it.</summary>
    /// <param name="modelDirectory">Its models.</param>
    /// <param name="configure">Configures it further.</param>
    /// <param name="gpus">Its GPUs, the caller's; null = those of the system.</param>
    public static async Task<ConsoleServer> StartAsync(string modelDirectory, Action<ServerOptions>? configure = null, CudaDeviceProvider? gpus = null)
    {
        var options = new ServerOptions { Models = [modelDirectory], HttpPort = 0, BinaryPort = -1, MetricsPort = 0, LogLevel = LogLevel.Warning, ModelCache = "off" };
        configure?.Invoke(options);
        var application = ServerHost.Build(options, gpus);
        await application.StartAsync();
        var server = new ConsoleServer(application);
        await server.Engine.Started;
        return server;
    }

    /// <summary>What the overview says now.</summary>
    public async Task<JsonNode> ReadOverviewAsync() => (await Http.GetFromJsonAsync<JsonNode>("console/api/overview"))!;

    /// <summary>Stops it, as a signal does.</summary>
    public Task StopAsync() => _application.StopAsync();

    public async ValueTask DisposeAsync()
    {
        Http.Dispose();
        await _application.StopAsync();
        await _application.DisposeAsync();
    }
}
