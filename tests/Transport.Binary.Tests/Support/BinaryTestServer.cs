using System.Net;
using Camshaft.Backends;
using Camshaft.Engine;
using Camshaft.Engine.Memory;
using Camshaft.Engine.Models;
using Camshaft.Samples;
using Camshaft.Testing;
using Camshaft.Transport.Hosting;
using Camshaft.Transport.Hosting.Access;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Connections;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Hosting.Server;
using Microsoft.AspNetCore.Hosting.Server.Features;
using Microsoft.AspNetCore.Server.Kestrel.Core;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Time.Testing;

namespace Camshaft.Transport.Binary.Tests.Support;

/// <summary>
/// Kestrel with the binary transport and nothing else, on a port of its own, serving the samples, <c>endless</c>, which runs
/// until it is ended, and <c>three</c>, which answers an FP32 matrix, BYTES and an INT16 scalar.
/// </summary>
public class BinaryTestServer : IAsyncLifetime
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(30);

    private readonly TempDirectory _models = new();
    private readonly ErrorLog _log = new();
    private WebApplication? _application;

    public const long FrameByteSizeLimit = 8 << 20;

    public const int RequestLimit = 32;

    public const int HandleLimit = 8;

    public const long TensorMemoryByteSize = 64 << 20;

    public int Port { get; private set; }

    /// <summary>The clock of timeouts; the engine's too. Stands still unless a test moves it.</summary>
    public FakeTimeProvider Clock { get; } = new();

    public InferenceEngine Engine => _application!.Services.GetRequiredService<InferenceEngine>();

    internal BinaryServer Server => _application!.Services.GetRequiredService<BinaryServer>();

    /// <summary>Whether our own loops serve the sockets, in place of Kestrel's.</summary>
    public virtual bool UsesEpoll => false;

    /// <summary>The clock that the server has: <see cref="Clock"/>, or the system's for what is measured.</summary>
    protected virtual TimeProvider Time => Clock;

    protected virtual AccessOptions Access => new();

    protected virtual BinaryTransportOptions Options => new()
    {
        FrameByteSizeLimit = FrameByteSizeLimit,
        WindowByteSize = 4 << 20,
        RequestLimit = RequestLimit,
        HandleLimit = HandleLimit,
        Agent = "test/1",
    };

    /// <summary>What models may take together; null = no bound.</summary>
    protected virtual long? ModelMemoryByteSize => null;

    public virtual async ValueTask InitializeAsync()
    {
        WriteModels(_models);
        var builder = WebApplication.CreateEmptyBuilder(new WebApplicationOptions());
        builder.WebHost.UseKestrelCore().ConfigureKestrel(Listen);
        builder.Services.AddLogging(logging => logging.AddProvider(_log));
        builder.Services.AddSingleton(Time);
        var camshaft = builder.Services
            .AddCamshaft(new EngineOptions
            {
                ModelDirectories = [_models.FullPath],
                PluginDirectory = Path.Combine(AppContext.BaseDirectory, "plugins"),
                TensorMemoryBudgetBytes = TensorMemoryByteSize,
                ModelMemoryBudgetBytes = ModelMemoryByteSize,
                ControlMode = ModelControlMode.Explicit,

                // One after the other: what the first takes is measured before the next asks for room.
                ConcurrentLoads = 1,

                // A test moves the clock faster than a run that was cancelled can end.
                AbandonTimeout = TimeSpan.FromDays(1),
                LoadModels = ["*"],
            })
            .AddAccess(Access)
            .AddBinary(Options);
        if (UsesEpoll)
        {
            Assert.SkipUnless(BinaryTransportExtensions.HasEpoll, "This system has no epoll.");
            camshaft.AddEpoll();
        }

        _application = builder.Build();
        await _application.StartAsync();
        var address = _application.Services.GetRequiredService<IServer>().Features.Get<IServerAddressesFeature>()!.Addresses.Single(static address => address.Contains("127.0.0.1", StringComparison.Ordinal));
        Port = new Uri(address).Port;
        await UntilAsync(() => Engine.IsReady, static () => "The engine is not ready.");
    }

    /// <summary>Where the server listens.</summary>
    protected virtual void Listen(KestrelServerOptions kestrel) => kestrel.Listen(IPAddress.Loopback, 0, Serve);

    public virtual async ValueTask DisposeAsync()
    {
        await AssertNothingIsHeldAsync();
        await _application!.StopAsync();
        Assert.Equal(0, Engine.Memory.UsedByteSize);
        await _application.DisposeAsync();
        _log.Dispose();
        _models.Dispose();
        GC.SuppressFinalize(this);
    }

    /// <summary>A connection that has exchanged hellos.</summary>
    internal async Task<FrameConnection> ConnectAsync()
    {
        var connection = await OpenAsync();
        await connection.GreetAsync();
        return connection;
    }

    /// <summary>A connection that has said nothing.</summary>
    internal Task<FrameConnection> OpenAsync() => FrameConnection.OpenAsync(new IPEndPoint(IPAddress.Loopback, Port));

    /// <summary>Asks the host to end its connections, as a stop does.</summary>
    public Task StopAsync() => _application!.StopAsync();

    /// <summary>A model's version 1.</summary>
    public ModelVersion Find(string model)
    {
        Assert.True(Engine.Models.TryGetVersion(model, 1, out var version).IsOk);
        return version!;
    }

    /// <summary>Takes nearly all tensor memory there is.</summary>
    public TensorBuffer Hoard()
    {
        Assert.True(Engine.Memory.TryRent(TensorMemoryByteSize - (1 << 20), MemoryPurpose.Input, out var hoard));
        return hoard;
    }

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

    /// <summary>Waits for something that is to happen soon.</summary>
    public static async Task UntilAsync(Func<bool> condition, Func<string> describe)
    {
        using var patience = new CancellationTokenSource(Patience);
        while (!condition())
        {
            Assert.False(patience.IsCancellationRequested, describe());
            await Task.Delay(1, CancellationToken.None);
        }
    }

    /// <summary>What the server has logged as errors since it was asked last.</summary>
    internal IReadOnlyList<string> TakeErrors() => _log.Take();

    protected void Serve(ListenOptions listen)
    {
        if (UsesEpoll)
        {
            listen.UseEpoll();
        }

        listen.UseBinary();
    }

    /// <summary>Writes the models.</summary>
    private protected virtual void WriteModels(TempDirectory models)
    {
        foreach (var (path, bytes) in SampleModels.CreateFiles())
        {
            models.Write(path, bytes);
        }

        models.Write("endless/1/model.onnx", EndlessModel.Create());
        models.Write("endless/model.yaml", "warm_up: none"u8);
        models.Write("three/1/model.onnx", CreateThree());
    }

    private string? DescribeHeld()
    {
        if (Engine.Memory.LeasedCount > 0)
        {
            return $"Tensor memory is held: {Engine.Memory.DescribeOutstanding()}";
        }

        var leased = Engine.Models.List().SelectMany(static model => model.Versions).Where(static version => version.LeaseCount > 0).ToList();
        if (leased.Count > 0)
        {
            return $"Models are held: {string.Join(", ", leased)}";
        }

        var blocks = ((ReceiveMemoryPoolFactory)_application!.Services.GetRequiredService<IMemoryPoolFactory<byte>>()).Rented;
        return Server.Open > 0 ? $"{Server.Open} connections are open" : Server.Regions > 0 ? $"{Server.Regions} regions are held" : blocks > 0 ? $"{blocks} receive blocks are held" : null;
    }

    private static byte[] CreateThree() => new OnnxModelBuilder()
        .Input("numbers", DataType.Float32, "rows", "3").Output("NUMBERS", DataType.Float32, "rows", "3").Node("Identity", ["numbers"], ["NUMBERS"])
        .Input("texts", DataType.Bytes, "n", "m").Output("TEXTS", DataType.Bytes, "n", "m").Node("Identity", ["texts"], ["TEXTS"])
        .Input("scalar", DataType.Int16).Output("SCALAR", DataType.Int16).Node("Identity", ["scalar"], ["SCALAR"])
        .Build();
}
