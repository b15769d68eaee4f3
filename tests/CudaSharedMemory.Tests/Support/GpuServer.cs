using System.Net.Sockets;
using System.Text;
using Camshaft.Backends;
using Camshaft.Backends.Cuda;
using Camshaft.Backends.Cuda.Devices;
using Camshaft.Client;
using Camshaft.CudaSharedMemory.Tests.Joining;
using Camshaft.Engine;
using Camshaft.Engine.Models;
using Camshaft.Testing;
using Camshaft.Testing.Cuda;
using Camshaft.Transport.Binary;
using Camshaft.Transport.Binary.Tests.Support;
using Camshaft.Transport.Hosting;
using Camshaft.Transport.Wire;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Time.Testing;

namespace Camshaft.CudaSharedMemory.Tests.Support;

/// <summary>
/// A server of the binary protocol on a Unix socket, on simulated GPUs that run by themselves. It has the samples for GPUs that need no others, and
/// <c>on_processors</c>, which returns its FP32 input. When it ends, nothing may be held: neither regions nor handles nor memory.
/// </summary>
internal sealed class GpuServer : IAsyncDisposable
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(30);

    private readonly TempDirectory _directory = new();
    private readonly ErrorLog _log = new();
    private readonly WebApplication _application;

    private GpuServer(SimulatedDriverOptions driverOptions, SharedMemoryOptions memoryOptions, Action<GpuServer>? prepare)
    {
        Simulation = new SimulatedDriver(driverOptions with { RunsByItself = true });
        AddSample("vector_add");
        AddSample("softmax");
        Write("on_processors/1/model.sample", "operation: identity\n");
        prepare?.Invoke(this);
        var builder = WebApplication.CreateEmptyBuilder(new WebApplicationOptions());
        builder.WebHost.UseKestrelCore().ConfigureKestrel(kestrel => kestrel.ListenUnixSocket(SocketPath, static listen => listen.UseBinary()));
        builder.Services.AddLogging(logging => logging.AddProvider(_log));
        builder.Services.AddSingleton<TimeProvider>(Clock);
        builder.Services.AddSingleton<IDeviceProvider>(new CudaDeviceProvider(() => new CudaDriver(Simulation.Resolve), new CudaOptions(), Clock));
        builder.Services
            .AddCamshaft(new EngineOptions
            {
                ModelDirectories = [Path.Combine(_directory.FullPath, "models")],
                PluginDirectory = Path.Combine(AppContext.BaseDirectory, "plugins"),
                ControlMode = ModelControlMode.Explicit,
                LoadModels = ["*"],

                // A test moves the clock faster than a run that was cancelled can end.
                AbandonTimeout = TimeSpan.FromDays(1),
            })
            .AddBinary(new BinaryTransportOptions { SharedMemory = memoryOptions });
        _application = builder.Build();
    }

    /// <summary>The clock of timeouts, the engine's too. Stands still unless a test moves it.</summary>
    public FakeTimeProvider Clock { get; } = new();

    public SimulatedDriver Simulation { get; }

    public SimulatedPeers Peers => Simulation.Peers;

    public InferenceEngine Engine => _application.Services.GetRequiredService<InferenceEngine>();

    public BinaryServer Server => _application.Services.GetRequiredService<BinaryServer>();

    private string SocketPath => Path.Combine(_directory.FullPath, "socket");

    /// <param name="driverOptions">Which GPUs there are.</param>
    /// <param name="memoryOptions">What is offered.</param>
    /// <param name="prepare">Adds models.</param>
    public static async Task<GpuServer> StartAsync(SimulatedDriverOptions? driverOptions = null, SharedMemoryOptions? memoryOptions = null, Action<GpuServer>? prepare = null)
    {
        var server = new GpuServer(driverOptions ?? new SimulatedDriverOptions(), memoryOptions ?? new SharedMemoryOptions(), prepare);
        await server._application.StartAsync();
        await UntilAsync(() => server.Engine.IsReady, "the engine is not ready");
        return server;
    }

    public static async Task UntilAsync(Func<bool> condition, string otherwise)
    {
        using var patience = new CancellationTokenSource(Patience);
        while (!condition())
        {
            Assert.False(patience.IsCancellationRequested, otherwise);
            await Task.Delay(1, CancellationToken.None);
        }
    }

    /// <summary>Copies a sample into the repository.</summary>
    /// <param name="sample">Its name in <c>samples/cuda</c>.</param>
    /// <param name="name">The model's name; null = the sample's.</param>
    /// <param name="configuration">Its <c>model.yaml</c>; null = the sample's.</param>
    public void AddSample(string sample, string? name = null, string? configuration = null)
    {
        var root = Path.Combine(TestData.RepositoryRoot, "samples", "cuda", sample);
        foreach (var path in Directory.GetFiles(root, "*", SearchOption.AllDirectories))
        {
            Write(Path.Combine(name ?? sample, Path.GetRelativePath(root, path)), File.ReadAllText(path));
        }

        if (configuration is not null)
        {
            Write($"{name ?? sample}/model.yaml", configuration);
        }
    }

    public void Write(string path, string text) => _directory.Write(Path.Combine("models", path), Encoding.UTF8.GetBytes(text));

    public ModelVersion Find(string model) => Engine.Models.List().Single(entry => entry.Name == model).Versions[^1];

    public CamshaftClient CreateClient() => new($"camshaft+unix://{SocketPath}");

    /// <summary>A connection that has exchanged hellos.</summary>
    /// <param name="features">What it offers, all of which is to be in force.</param>
    public async Task<FrameConnection> ConnectAsync(WireFeatures features = WireFeatures.CudaMemory)
    {
        var connection = await FrameConnection.OpenAsync(new UnixDomainSocketEndPoint(SocketPath));
        var hello = await connection.GreetAsync(features: features);
        Assert.Equal(features, ((HelloHead)hello.Own!).Features);
        return connection;
    }

    /// <summary>Moves the clock until something has happened: a device that has failed is noticed by a look now and then.</summary>
    public Task AdvanceUntilAsync(Func<bool> condition) => Clock.AdvanceUntilAsync(TimeSpan.FromMilliseconds(10), condition);

    /// <summary>How many errors the server has logged that were not taken.</summary>
    public int ErrorCount => _log.Messages.Count;

    /// <summary>What the server has logged as errors since it was asked last.</summary>
    public IReadOnlyList<string> TakeErrors() => _log.Take();

    public async ValueTask DisposeAsync()
    {
        var isClean = false;
        Simulation.Release("vector_add");
        Simulation.Release(JoiningModel.Kernel);
        try
        {
            await AssertNothingIsHeldAsync();
            isClean = true;
        }
        finally
        {
            await _application.StopAsync();
            await _application.DisposeAsync();
            _log.Dispose();
            _directory.Dispose();
            try
            {
                Simulation.Dispose();
            }
            catch (Exception) when (!isClean)
            {
                // The first failure is the one to see.
            }
        }
    }

    /// <summary>Asks the host to end, as a stop does.</summary>
    public Task StopAsync() => _application.StopAsync();

    /// <summary>Waits until a batch is enqueued whose kernel is held.</summary>
    public Task UntilEnqueuedAsync() => UntilAsync(() => Engine.Telemetry.Read().Lanes.Any(static lane => lane is { DeviceKind: DeviceKind.Cuda, Model: not null }) && Simulation.WaitingCount > 0, "nothing is enqueued");

    private async Task AssertNothingIsHeldAsync()
    {
        await UntilAsync(() => Server.Open == 0, "connections are open");
        await UntilAsync(() => Server.Regions == 0, "regions are held");
        Assert.True(Simulation.Peers.OpenCount == 0 || Engine.Devices.Any(static device => device.Fault is not null), "Handles are open.");
        await UntilAsync(() => Engine.Memory.LeasedCount == 0, Engine.Memory.DescribeOutstanding());
        await UntilAsync(() => Engine.Models.List().All(static model => model.Versions.All(static version => version.LeaseCount == 0)), "models are leased");
        var errors = _log.Take();
        Assert.True(errors.Count == 0, string.Join('\n', errors));
        await _application.StopAsync();
        Assert.Equal(0, Engine.Memory.UsedByteSize);
    }
}
