using System.Net;
using System.Text;
using Camshaft.Backends;
using Camshaft.Engine;
using Camshaft.Engine.Models;
using Camshaft.Samples;
using Camshaft.Testing;
using Camshaft.Transport.Hosting;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Hosting.Server;
using Microsoft.AspNetCore.Hosting.Server.Features;
using Microsoft.Extensions.DependencyInjection;

namespace Camshaft.Transport.Http.Tests.Routing;

/// <summary>
/// Kestrel with the HTTP transport over models that answer their FP32 input <c>x</c> of shape [n] as <c>y</c>: <c>one</c>, <c>two</c> with two
/// versions, and <c>strict</c>, which fails for what is over 10; beside them <c>pair</c> with two inputs, <c>text</c> for BYTES, <c>endless</c>,
/// and <c>broken</c>, which cannot be loaded.
/// </summary>
public sealed class RoutingServer : IAsyncLifetime
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(30);

    private readonly TempDirectory _directory = new();
    private WebApplication? _application;

    public HttpClient Client { get; private set; } = null!;

    public InferenceEngine Engine => _application!.Services.GetRequiredService<InferenceEngine>();

    public async ValueTask InitializeAsync()
    {
        Model("one/1", Identity(DataType.Float32));
        Model("two/1", Identity(DataType.Float32));
        Model("two/2", Identity(DataType.Float32));
        Yaml("two", "version_policy: all\nrouting: { aliases: { stable: 1, canary: 2 } }\nowner: team <b>two</b>\ndescription: answers & asks\ntags: [vision, '<script>alert(1)</script>']");
        Model("strict/1", Identity(DataType.Float32));
        Yaml("strict", "outputs: [ { name: y, maximum: 10 } ]");
        Model("text/1", Identity(DataType.Bytes));
        Model("broken/1", [1, 2, 3]);
        Model("endless/1", EndlessModel.Create());
        Yaml("endless", "warm_up: none");
        Model("pair/1", new OnnxModelBuilder()
            .Input("a", DataType.Float32, "n").Output("A", DataType.Float32, "n").Node("Identity", ["a"], ["A"])
            .Input("b", DataType.Float32, "n").Output("B", DataType.Float32, "n").Node("Identity", ["b"], ["B"])
            .Build());
        WriteRules("{}");
        var builder = WebApplication.CreateEmptyBuilder(new WebApplicationOptions());
        builder.WebHost.UseKestrelCore().ConfigureKestrel(static kestrel => kestrel.Listen(IPAddress.Loopback, 0));
        builder.Services.AddRoutingCore();
        builder.Services
            .AddCamshaft(new EngineOptions
            {
                ModelDirectories = [Path.Combine(_directory.FullPath, "models")],
                RoutingFile = Path.Combine(_directory.FullPath, "camshaft.json"),
                PluginDirectory = Path.Combine(AppContext.BaseDirectory, "plugins"),
                TensorMemoryBudgetBytes = 64 << 20,
                ControlMode = ModelControlMode.Explicit,
                LoadModels = ["*"],
                CpuLaneCount = 2,
                ShadowTimeout = TimeSpan.FromMilliseconds(20),
            })
            .AddHttp();
        _application = builder.Build();
        _application.MapCamshaft();
        await _application.StartAsync();
        await Engine.Started.WaitAsync(Patience);
        Assert.Equal("broken", Assert.Single(Engine.Models.List(), static model => model.Versions.Any(static version => version.State != ModelState.Ready)).Name);
        Client = new HttpClient
        {
            BaseAddress = new Uri(_application.Services.GetRequiredService<IServer>().Features.Get<IServerAddressesFeature>()!.Addresses.Single()),
            Timeout = Patience,
        };
    }

    public async ValueTask DisposeAsync()
    {
        Client.Dispose();
        await _application!.StopAsync();
        Assert.Equal(0, Engine.Memory.UsedByteSize);
        await _application.DisposeAsync();
        _directory.Dispose();
    }

    /// <summary>Takes rules over that must be right.</summary>
    public void Route(string routing)
    {
        WriteRules(routing);
        var status = Engine.Router.Reload();
        Assert.True(status.IsOk, status.Message);
    }

    public void WriteRules(string routing) => _directory.Write("camshaft.json", Encoding.UTF8.GetBytes($$"""{ "routing": {{routing}} }"""));

    /// <summary>Waits until no request holds tensor memory: an answer reaches a client a moment before its request is disposed.</summary>
    public async Task UntilMemoryIsFreeAsync()
    {
        using var patience = new CancellationTokenSource(Patience);
        while (Engine.Memory.LeasedCount > 0)
        {
            Assert.False(patience.IsCancellationRequested, Engine.Memory.DescribeOutstanding());
            await Task.Delay(1, CancellationToken.None);
        }
    }

    private static byte[] Identity(DataType dataType) =>
        new OnnxModelBuilder().Input("x", dataType, "n").Output("y", dataType, "n").Node("Identity", ["x"], ["y"]).Build();

    private void Model(string directory, byte[] model) => _directory.Write($"models/{directory}/model.onnx", model);

    private void Yaml(string model, string text) => _directory.Write($"models/{model}/model.yaml", Encoding.UTF8.GetBytes(text));
}
