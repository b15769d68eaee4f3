using System.Runtime.InteropServices;
using Camshaft.Backends.Cuda.Native;
using Xunit;

namespace Camshaft.Testing.Cuda;

/// <summary>Other processes, as far as they export device memory: handles of this process are not among theirs. Any thread.</summary>
public sealed class SimulatedPeers
{
    private const ulong Mark = 0x43_41_4D_53_50_45_45_52;

    private readonly object _gate;
    private readonly IReadOnlyList<SimulatedGpu> _gpus;
    private readonly List<SimulatedExport> _exports = [];

    /// <param name="gate">The driver's lock.</param>
    /// <param name="gpus">Its devices.</param>
    internal SimulatedPeers(object gate, IReadOnlyList<SimulatedGpu> gpus)
    {
        _gate = gate;
        _gpus = gpus;
    }

    /// <summary>How many handles are open here.</summary>
    public int OpenCount
    {
        get
        {
            lock (_gate)
            {
                return _exports.Count(static export => export.OpenCount > 0);
            }
        }
    }

    /// <summary>Lets a process export memory.</summary>
    /// <param name="content">What is in it.</param>
    /// <param name="ordinal">The device.</param>
    /// <returns>Its handle.</returns>
    public byte[] Export(ReadOnlySpan<byte> content, int ordinal = 0)
    {
        lock (_gate)
        {
            _exports.Add(new SimulatedExport(_gpus[ordinal], content.ToArray()));
            var handle = new byte[CudaIpcHandle.ByteSize];
            handle.AsSpan().Fill(0xE5);
            MemoryMarshal.Write(handle, Mark);
            MemoryMarshal.Write(handle.AsSpan(sizeof(ulong)), (long)_exports.Count);
            return handle;
        }
    }

    /// <summary>What its owner sees in memory.</summary>
    public byte[] Read(ReadOnlySpan<byte> handle)
    {
        lock (_gate)
        {
            return [.. Find(handle)!.Content];
        }
    }

    /// <summary>Lets its owner change memory.</summary>
    public void Write(ReadOnlySpan<byte> handle, ReadOnlySpan<byte> content, int offset = 0)
    {
        lock (_gate)
        {
            content.CopyTo(Find(handle)!.Content.AsSpan(offset));
        }
    }

    /// <summary>Lets its owner free memory, which nobody may have open any more.</summary>
    public void Free(ReadOnlySpan<byte> handle)
    {
        lock (_gate)
        {
            var export = Find(handle)!;
            export.IsOwned = false;
            Assert.True(export.OpenCount == 0, "cuMemFree: the memory is open in another process; what becomes of it CUDA does not say.");
        }
    }

    /// <summary>Lets its owner end: what is open stays.</summary>
    public void End(ReadOnlySpan<byte> handle)
    {
        lock (_gate)
        {
            Find(handle)!.IsOwned = false;
        }
    }

    /// <summary>What a handle names; null = nothing of another process's. Under the driver's lock.</summary>
    internal SimulatedExport? Find(ReadOnlySpan<byte> handle) =>
        MemoryMarshal.Read<ulong>(handle) == Mark && MemoryMarshal.Read<long>(handle[sizeof(ulong)..]) is > 0 and var number && number <= _exports.Count ? _exports[(int)number - 1] : null;
}
