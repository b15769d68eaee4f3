using System.Net;
using System.Net.Sockets;
using Camshaft.Backends;
using Camshaft.Engine;
using Camshaft.Engine.Models;
using Camshaft.Samples;
using Camshaft.Testing;
using Camshaft.Transport.Hosting;
using Camshaft.Transport.Http.Endpoints;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Connections;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Hosting.Server;
using Microsoft.AspNetCore.Hosting.Server.Features;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;

namespace Camshaft.Transport.Http.Tests.Endpoints;

/// <summary>
/// Kestrel with the HTTP transport and nothing else, on a port of its own, serving the samples, <c>endless</c>, which runs
/// until it is ended, and for each datatype a model that answers its input <c>x</c>, of shape [n], as <c>y</c>;
/// <c>several</c> does the same for three inputs, two of them with two dimensions and one with none.
/// </summary>
public sealed class HttpServer : IAsyncLifetime
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(30);

    private readonly TempDirectory _models = new();
    private readonly ErrorLog _log = new();
    private WebApplication? _application;

    public static int JsonByteSizeLimit => 2 << 20;

    public static int BodyByteSizeLimit => 8 << 20;

    public int Port => Address.Port;

    public HttpClient Client { get; private set; } = null!;

    /// <summary>The models that answer what they get.</summary>
    internal IReadOnlyList<ModelVersion> Identities =>
        [.. Engine.Models.List().Where(static model => model.Name.StartsWith("identity_", StringComparison.Ordinal) && model.Name != "identity_fp32" || model.Name == "several").Select(static model => model.HighestReady!)];

    internal InferEndpoint InferEndpoint => _application!.Services.GetRequiredService<InferEndpoint>();

    private InferenceEngine Engine => _application!.Services.GetRequiredService<InferenceEngine>();

    private Uri Address => new(_application!.Services.GetRequiredService<IServer>().Features.Get<IServerAddressesFeature>()!.Addresses.Single());

    public async ValueTask InitializeAsync()
    {
        foreach (var (path, bytes) in SampleModels.CreateFiles())
        {
            _models.Write(path, bytes);
        }

        _models.Write("endless/1/model.onnx", EndlessModel.Create());
        _models.Write("endless/model.yaml", "warm_up: none"u8);
        foreach (var dataType in DataTypes.All)
        {
            _models.Write($"{NameOfIdentity(dataType)}/1/model.onnx", CreateIdentity(dataType));
        }

        _models.Write("several/1/model.onnx", CreateSeveral());
        var builder = WebApplication.CreateEmptyBuilder(new WebApplicationOptions());
        builder.WebHost.UseKestrelCore().ConfigureKestrel(static kestrel => kestrel.Listen(IPAddress.Loopback, 0));
        builder.Services.AddRoutingCore();
        builder.Services.AddLogging(logging => logging.AddProvider(_log));
        builder.Services
            .AddCamshaft(new EngineOptions { ModelDirectories = [_models.FullPath], PluginDirectory = Path.Combine(AppContext.BaseDirectory, "plugins"), TensorMemoryBudgetBytes = 64 << 20, ControlMode = ModelControlMode.Explicit, LoadModels = ["*"] })
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
        _log.Dispose();
        await _application!.StopAsync();
        Assert.Equal(0, Engine.Memory.UsedByteSize);
        await _application.DisposeAsync();
        _models.Dispose();
    }

    /// <summary>The model that answers what it gets, for one datatype.</summary>
    public static string NameOfIdentity(DataType dataType) => $"identity_{dataType.Name}";

    /// <summary>
    /// Waits until requests and connections have given back what they held: tensor memory, models, receive blocks. Fails when
    /// they do not, or when the server logged an error. Whoever calls this has closed its connections, and nobody else has one.
    /// </summary>
    public async Task AssertNothingIsHeldAsync()
    {
        await UntilAsync(() => DescribeHeld() is null, () => DescribeHeld()!);
        var errors = _log.Take();
        Assert.True(errors.Count == 0, string.Join('\n', errors));
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

    /// <summary>Says what requests hold; null = nothing.</summary>
    internal string? DescribeHeldByRequests()
    {
        if (Engine.Memory.LeasedCount > 0)
        {
            return $"Tensor memory is held: {Engine.Memory.DescribeOutstanding()}";
        }

        var leased = Engine.Models.List().SelectMany(static model => model.Versions).Where(static version => version.LeaseCount > 0).ToList();
        return leased.Count > 0 ? $"Models are held: {string.Join(", ", leased)}" : null;
    }

    private string? DescribeHeld()
    {
        if (DescribeHeldByRequests() is { } held)
        {
            return held;
        }

        var blocks = ((ReceiveMemoryPoolFactory)_application!.Services.GetRequiredService<IMemoryPoolFactory<byte>>()).Rented;
        return blocks > 0 ? $"{blocks} receive blocks are held" : null;
    }

    private static async Task UntilAsync(Func<bool> condition, Func<string>? describe = null)
    {
        using var patience = new CancellationTokenSource(Patience);
        while (!condition())
        {
            Assert.False(patience.IsCancellationRequested, describe?.Invoke() ?? "It did not happen.");
            await Task.Delay(1, CancellationToken.None);
        }
    }

    private static byte[] CreateSeveral() => new OnnxModelBuilder()
        .Input("numbers", DataType.Float32, "rows", "3").Output("NUMBERS", DataType.Float32, "rows", "3").Node("Identity", ["numbers"], ["NUMBERS"])
        .Input("texts", DataType.Bytes, "n", "m").Output("TEXTS", DataType.Bytes, "n", "m").Node("Identity", ["texts"], ["TEXTS"])
        .Input("scalar", DataType.Int16).Output("SCALAR", DataType.Int16).Node("Identity", ["scalar"], ["SCALAR"])
        .Build();

    private static byte[] CreateIdentity(DataType dataType) => new OnnxModelBuilder()
        .Input("x", dataType, "n")
        .Output("y", dataType, "n")
        .Node("Identity", ["x"], ["y"])
        .Build();
}
