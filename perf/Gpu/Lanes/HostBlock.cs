using System.Runtime.InteropServices;
using Camshaft.Backends;

namespace Camshaft.GpuBenchmark.Lanes;

/// <summary>Host memory of one owner, filled with numbers; page-locked or not. Disposed when no copy uses it.</summary>
internal sealed unsafe class HostBlock : IDisposable
{
    private const nuint Alignment = 4096;

    private readonly IMemorySource? _source;

    private HostBlock(IMemorySource? source, nint address, long byteSize, int seed)
    {
        _source = source;
        Address = address;
        ByteSize = byteSize;
        var random = new Random(seed);
        foreach (ref var number in Numbers)
        {
            number = (random.NextSingle() * 2) - 1;
        }
    }

    public nint Address { get; }

    public long ByteSize { get; }

    /// <summary>Its content, which lives as long as this is not disposed.</summary>
    public Span<float> Numbers => new((void*)Address, (int)(ByteSize / sizeof(float)));

    /// <summary>Takes it from a source.</summary>
    public static HostBlock Take(IMemorySource source, long byteSize, int seed = 0) => new(source, source.Allocate((nuint)byteSize), byteSize, seed);

    /// <summary>Takes it from the system, which may move it to other pages.</summary>
    public static HostBlock TakePageable(long byteSize) => new(null, (nint)NativeMemory.AlignedAlloc((nuint)byteSize, Alignment), byteSize, seed: 0);

    /// <inheritdoc/>
    public void Dispose()
    {
        if (_source is null)
        {
            NativeMemory.AlignedFree((void*)Address);
        }
        else
        {
            _source.Free(Address, (nuint)ByteSize);
        }
    }
}
