namespace Camshaft.Backends.Cuda.Devices;

/// <summary>Multiprocessors of a GPU that are a model's own. Disposed as often as it was given, after the streams on it; then they are free again.</summary>
internal sealed class CudaPart(CudaParts parts, CudaGreenContext green, string? model, int[] groups) : IDisposable
{
    /// <summary>The model whose versions have it in common; null = it is one version's.</summary>
    public string? Model => model;

    /// <summary>Which groups of multiprocessors.</summary>
    public IReadOnlyList<int> Groups => groups;

    public int MultiprocessorCount => green.MultiprocessorCount;

    /// <summary>How many have it. Guarded by the lock of what gives it.</summary>
    public int HolderCount { get; set; } = 1;

    public CudaStream CreateStream(int priority) => CudaStream.Create(green, priority);

    public void Dispose() => parts.Return(this, green);
}
