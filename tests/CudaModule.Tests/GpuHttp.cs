using System.Net;
using Camshaft.Transport.Hosting;
using Camshaft.Transport.Http;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Hosting.Server;
using Microsoft.AspNetCore.Hosting.Server.Features;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.DependencyInjection.Extensions;

namespace Camshaft.Plugins.CudaModules.Tests;

/// <summary>An engine with simulated GPUs behind Kestrel and the HTTP transport, on a port of its own. The engine is its caller's.</summary>
internal sealed class GpuHttp : IAsyncDisposable
{
    private static readonly TimeSpan Patience = TimeSpan.FromMinutes(1);

    private readonly WebApplication _application;

    private GpuHttp(WebApplication application)
    {
        _application = application;
        Client = new HttpClient { BaseAddress = new Uri(application.Services.GetRequiredService<IServer>().Features.Get<IServerAddressesFeature>()!.Addresses.Single()), Timeout = Patience };
    }

    public HttpClient Client { get; }

    /// <summary>Starts the engine and the server, and waits until the models are there.</summary>
    public static async Task<GpuHttp> StartAsync(GpuEngine gpu)
    {
        var builder = WebApplication.CreateEmptyBuilder(new WebApplicationOptions());
        builder.WebHost.UseKestrelCore().ConfigureKestrel(static kestrel => kestrel.Listen(IPAddress.Loopback, 0));
        builder.Services.AddRoutingCore();
        builder.Services.AddCamshaft(gpu.Engine.Options).AddHttp(new HttpTransportOptions());
        builder.Services.Replace(ServiceDescriptor.Singleton(gpu.Engine));
        var application = builder.Build();
        application.MapCamshaft();
        await application.StartAsync();
        while (!gpu.Engine.IsReady)
        {
            await Task.Yield();
        }

        return new GpuHttp(application);
    }

    /// <summary>Asks.</summary>
    /// <returns>The status, and the body's text.</returns>
    public async Task<(HttpStatusCode Status, string Body)> GetAsync(string path)
    {
        using var response = await Client.GetAsync(path);
        return (response.StatusCode, await response.Content.ReadAsStringAsync());
    }

    /// <summary>Sends JSON.</summary>
    /// <returns>The status, and the body's text.</returns>
    public async Task<(HttpStatusCode Status, string Body)> PostAsync(string path, string json)
    {
        using var content = new StringContent(json);
        using var response = await Client.PostAsync(path, content);
        return (response.StatusCode, await response.Content.ReadAsStringAsync());
    }

    public async ValueTask DisposeAsync()
    {
        Client.Dispose();
        await _application.StopAsync();
        await _application.DisposeAsync();
    }
}
