using Camshaft.Backends.Cuda.Native;

namespace Camshaft.Testing.Cuda;

/// <summary>One device: its primary context and its memory. Guarded by the driver's lock.</summary>
internal sealed class SimulatedGpu(int ordinal, long memoryByteSize, int multiprocessorCount)
{
    /// <summary>Its compute capability, times ten.</summary>
    public const int ComputeCapability = 90;

    public int Ordinal => ordinal;

    public long MemoryByteSize => memoryByteSize;

    public int MultiprocessorCount => multiprocessorCount;

    /// <summary>A bit for each multiprocessor.</summary>
    public ulong AllMultiprocessors => ulong.MaxValue >> (64 - multiprocessorCount);

    /// <summary>The handle of its primary context.</summary>
    public nint Context => 0x0C00_0000 + (ordinal * 16);

    /// <summary>How often the primary context is held.</summary>
    public int ContextCount { get; set; }

    /// <summary>The bytes that are taken, by other processes too.</summary>
    public long UsedByteSize { get; set; }

    /// <summary>The bytes that pools keep and nothing uses: to other processes they are taken.</summary>
    public long KeptByteSize { get; set; }

    /// <summary>What has happened to it that no call gets over; success = nothing.</summary>
    public CudaStatus Fault { get; set; }
}
