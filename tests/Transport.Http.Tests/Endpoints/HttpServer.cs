using System.Net;
using System.Net.Sockets;
using Camshaft.Backends;
using Camshaft.Engine;
using Camshaft.Samples;
using Camshaft.Testing;
using Camshaft.Transport.Hosting;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Hosting.Server;
using Microsoft.AspNetCore.Hosting.Server.Features;
using Microsoft.Extensions.DependencyInjection;

namespace Camshaft.Transport.Http.Tests.Endpoints;

/// <summary>
/// Kestrel with the HTTP transport and nothing else, on a port of its own, serving the samples and <c>endless</c>, which
/// runs until it is ended.
/// </summary>
public sealed class HttpServer : IAsyncLifetime
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(30);

    private readonly TempDirectory _models = new();
    private WebApplication? _application;

    public static int JsonByteSizeLimit => 2 << 20;

    public static int BodyByteSizeLimit => 8 << 20;

    public HttpClient Client { get; private set; } = null!;

    private InferenceEngine Engine => _application!.Services.GetRequiredService<InferenceEngine>();

    private Uri Address => new(_application!.Services.GetRequiredService<IServer>().Features.Get<IServerAddressesFeature>()!.Addresses.Single());

    public async ValueTask InitializeAsync()
    {
        foreach (var (path, bytes) in SampleModels.CreateFiles())
        {
            _models.Write(path, bytes);
        }

        _models.Write("endless/1/model.onnx", CreateEndless());
        var builder = WebApplication.CreateEmptyBuilder(new WebApplicationOptions());
        builder.WebHost.UseKestrelCore().ConfigureKestrel(static kestrel => kestrel.Listen(IPAddress.Loopback, 0));
        builder.Services.AddRoutingCore();
        builder.Services
            .AddCamshaft(new EngineOptions { ModelDirectories = [_models.FullPath], PluginDirectory = Path.Combine(AppContext.BaseDirectory, "plugins"), TensorMemoryBudgetBytes = 64 << 20 })
            .AddHttp(new HttpTransportOptions { JsonByteSizeLimit = JsonByteSizeLimit, BodyByteSizeLimit = BodyByteSizeLimit });
        _application = builder.Build();
        _application.MapCamshaft();
        await _application.StartAsync();
        Client = new HttpClient { BaseAddress = Address, Timeout = Patience };
        await UntilAsync(() => Engine.IsReady);
    }

    public async ValueTask DisposeAsync()
    {
        Client.Dispose();
        await _application!.StopAsync();
        Assert.Equal(0, Engine.Memory.UsedByteSize);
        await _application.DisposeAsync();
        _models.Dispose();
    }

    public async Task<TcpClient> ConnectAsync()
    {
        var client = new TcpClient();
        await client.ConnectAsync(IPAddress.Loopback, Address.Port);
        return client;
    }

    /// <summary>Waits until a request holds tensor memory.</summary>
    public Task UntilMemoryIsHeldAsync() => UntilAsync(() => Engine.Memory.LeasedCount > 0);

    /// <summary>Waits until no request holds tensor memory.</summary>
    public Task UntilMemoryIsFreeAsync() => UntilAsync(() => Engine.Memory.LeasedCount == 0);

    private static async Task UntilAsync(Func<bool> condition)
    {
        using var patience = new CancellationTokenSource(Patience);
        while (!condition())
        {
            await Task.Delay(1, patience.Token);
        }
    }

    private static byte[] CreateEndless()
    {
        var body = new OnnxModelBuilder()
            .Input("iteration", DataType.Int64).Input("condition", DataType.Bool).Input("state", DataType.Float32, "N")
            .Output("again", DataType.Bool).Output("next", DataType.Float32, "N")
            .Node("Identity", ["condition"], ["again"])
            .Node("Neg", ["state"], ["next"]);
        return new OnnxModelBuilder()
            .Input("x", DataType.Float32, "N")
            .Output("y", DataType.Float32, "N")
            .Initializer("count", TestTensor.Of(DataType.Int64, [], long.MaxValue))
            .Initializer("true", TestTensor.Of(DataType.Bool, [], (byte)1))
            .Node("Loop", ["count", "true", "x"], ["y"], OnnxAttribute.Of("body", body))
            .Build();
    }
}
