using Camshaft.Testing;
using Microsoft.Extensions.Time.Testing;

namespace Camshaft.Backends.OnnxRuntime.Tests.Gpu.TensorRt;

/// <summary>Models that CUDA serves while TensorRT builds, with somebody in the providers' place who builds for as long as a test wants.</summary>
public abstract class TensorRtTest : IDisposable
{
    private protected const string Served = "TensorRT serves it.";
    private protected static readonly TimeSpan Patience = TimeSpan.FromSeconds(30);

    private readonly TempDirectory _directory = new();
    private readonly TempDirectory _cache = new();

    protected TensorRtTest()
    {
        Backend = new HostGpuBackend(Path.Combine(_cache.FullPath, "cache"), watch: Watch, timeProvider: Clock);
        Watch.Building = _ =>
        {
            Building.Set();
            Assert.True(Built.Wait(Patience));
        };
    }

    private protected HostAccelerator Share { get; } = new();

    private protected SessionWatch Watch { get; } = new();

    private protected FakeTimeProvider Clock { get; } = new();

    /// <summary>Set when TensorRT builds.</summary>
    private protected ManualResetEventSlim Building { get; } = new();

    /// <summary>Set to let it end.</summary>
    private protected ManualResetEventSlim Built { get; } = new();

    private protected HostGpuBackend Backend { get; }

    private protected static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    public void Dispose()
    {
        Built.Set();
        Backend.Dispose();
        Assert.Equal((0, 0), SessionWatch.Alive);
        Assert.Empty(SessionWatch.Mistakes);
        Share.Dispose();
        Assert.Equal(0, Share.LaneCount);
        _cache.Dispose();
        _directory.Dispose();
        Building.Dispose();
        Built.Dispose();
        GC.SuppressFinalize(this);
    }

    private protected Task Logged(string text) => Backend.Log.WaitForAsync(text, Cancellation).WaitAsync(Patience, Cancellation);

    private protected async Task Build()
    {
        Assert.True(await Task.Run(() => Building.Wait(Patience), Cancellation));
        Built.Set();
    }

    private protected ILoadedModel Load(int? maxBatchSize = null, string name = "m", params (string Key, string Value)[] parameters) =>
        Backend.Load(Write(Models.Double(), name, maxBatchSize, parameters), Share, Cancellation);

    private protected ModelSource Write(OnnxModelBuilder builder, string name, int? maxBatchSize, params (string Key, string Value)[] parameters) => new()
    {
        ModelName = name,
        Version = 3,
        FilePath = _directory.Write($"{name}.onnx", builder.Build()),
        MaxBatchSize = maxBatchSize,
        Parameters = parameters.ToDictionary(static pair => pair.Key, static pair => pair.Value),
    };
}
