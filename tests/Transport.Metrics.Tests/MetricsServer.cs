using System.Net;
using System.Text;
using Camshaft.Backends;
using Camshaft.Engine;
using Camshaft.Engine.Models;
using Camshaft.Engine.Telemetry;
using Camshaft.Testing;
using Camshaft.Transport.Hosting;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Hosting.Server;
using Microsoft.AspNetCore.Hosting.Server.Features;
using Microsoft.Extensions.DependencyInjection;

namespace Camshaft.Transport.Metrics.Tests;

/// <summary>Kestrel with the metrics and nothing else, over an engine that answers its input: <c>model</c>, and <c>broken</c>, which cannot be loaded.</summary>
internal sealed class MetricsServer : IAsyncDisposable
{
    private readonly TempDirectory _models;
    private readonly WebApplication _application;

    private MetricsServer(TempDirectory models, WebApplication application)
    {
        _models = models;
        _application = application;
        Engine = application.Services.GetRequiredService<InferenceEngine>();
        Client = new HttpClient { BaseAddress = new Uri(application.Services.GetRequiredService<IServer>().Features.Get<IServerAddressesFeature>()!.Addresses.Single()) };
    }

    public InferenceEngine Engine { get; }

    public HttpClient Client { get; }

    /// <summary>Starts it.</summary>
    /// <param name="gpus">Finds the GPUs; null = there are none.</param>
    public static async Task<MetricsServer> StartAsync(IDeviceProvider? gpus = null)
    {
        var models = new TempDirectory();
        models.Write("model/1/model.sample", "operation: identity\ndatatype: UINT8"u8.ToArray());
        models.Write("broken/1/model.sample", "operation: frobnicate"u8.ToArray());
        var builder = WebApplication.CreateEmptyBuilder(new WebApplicationOptions());
        builder.WebHost.UseKestrelCore().ConfigureKestrel(static kestrel => kestrel.Listen(IPAddress.Loopback, 0));
        builder.Services.AddRoutingCore();
        if (gpus is not null)
        {
            builder.Services.AddSingleton(gpus);
        }

        builder.Services.AddCamshaft(new EngineOptions { ModelDirectories = [models.FullPath], PluginDirectory = Path.Combine(AppContext.BaseDirectory, "plugins") }).AddMetrics();
        var application = builder.Build();
        application.MapCamshaft();
        await application.StartAsync();
        var server = new MetricsServer(models, application);
        await server.Engine.Started;
        return server;
    }

    /// <summary>Runs a request of so many bytes.</summary>
    public async Task RunAsync(int byteSize, TraceParent trace = default)
    {
        Assert.True(Engine.Models.TryCreateRequest("model", ModelRegistry.HighestReady, out var request).IsOk);
        using (request)
        {
            request!.Trace = trace;
            Assert.True(request.DeclareInput(0, DataType.UInt8, [byteSize], byteSize).IsOk);
            Assert.True((await request.ReserveAsync(CancellationToken.None)).IsOk);
            Assert.True((await request.RunAsync()).IsOk);
        }
    }

    public async Task<string> ReadAsync(string accept = "text/plain")
    {
        using var request = new HttpRequestMessage(HttpMethod.Get, "/metrics");
        request.Headers.TryAddWithoutValidation("Accept", accept);
        using var response = await Client.SendAsync(request);
        Assert.Equal(HttpStatusCode.OK, response.StatusCode);
        return Encoding.UTF8.GetString(await response.Content.ReadAsByteArrayAsync());
    }

    public async ValueTask DisposeAsync()
    {
        Client.Dispose();
        await _application.StopAsync();
        await _application.DisposeAsync();
        _models.Dispose();
    }
}
