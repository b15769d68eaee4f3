namespace Camshaft.Backends.Cuda;

/// <summary>What the driver says of a device.</summary>
/// <param name="Ordinal">Its number among the devices that this process sees, from 0.</param>
/// <param name="Name">The card's name.</param>
/// <param name="PciBusId">Where it sits, for example <c>0000:3B:00.0</c>.</param>
/// <param name="MemoryByteSize">All its memory.</param>
public sealed record CudaDeviceInfo(int Ordinal, string Name, string PciBusId, long MemoryByteSize)
{
    /// <summary>How many multiprocessors it has.</summary>
    public int MultiprocessorCount { get; init; }

    /// <summary>What its machine code is compatible with.</summary>
    public Version ComputeCapability { get; init; } = new(0, 0);

    /// <summary>How many copies can run beside kernels.</summary>
    public int CopyEngineCount { get; init; }

    /// <summary>Whether memory can be taken and given back in the order of a stream, which Camshaft needs.</summary>
    public bool HasMemoryPools { get; init; }
}
