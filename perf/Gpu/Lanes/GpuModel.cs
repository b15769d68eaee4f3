using Camshaft.Backends;

namespace Camshaft.GpuBenchmark.Lanes;

/// <summary>A loaded sample and its part of the device. Disposed after its lanes.</summary>
internal sealed class GpuModel(IAcceleratorShare share, ILoadedModel model) : IDisposable
{
    public IAcceleratorShare Share => share;

    public ILoadedModel Model => model;

    /// <inheritdoc/>
    public void Dispose()
    {
        model.Dispose();
        share.Dispose();
    }
}
