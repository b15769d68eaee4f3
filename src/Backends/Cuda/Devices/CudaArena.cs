namespace Camshaft.Backends.Cuda.Devices;

/// <summary>
/// The device memory of a lane's batches: one block, from the front on, again for each batch. A batch that needs more takes a second
/// block, and the next has one of that size together; so batches of the same shapes lie at the same addresses. By the lane's holder,
/// while nothing of the lane's runs where blocks are given back.
/// </summary>
internal sealed class CudaArena(CudaShare share, CudaStream freeing) : IDisposable
{
    private const int Alignment = 256;

    private readonly List<(nint Address, long ByteSize)> _blocks = [];
    private long _blockByteSize;
    private long _offset;

    /// <summary>Forgets the batch before.</summary>
    public void Begin()
    {
        _offset = 0;
        if (_blocks.Count > 1)
        {
            _blockByteSize = _blocks.Sum(static block => block.ByteSize);
            Free();
        }
    }

    /// <summary>Takes memory for what a stream does from now on.</summary>
    /// <exception cref="BackendException">There is not that much.</exception>
    public nint Allocate(long byteSize, CudaStream stream)
    {
        // What cannot be rounded up is more than any device has, and is refused as that.
        var needed = byteSize > long.MaxValue - Alignment ? long.MaxValue : (Math.Max(1, byteSize) + Alignment - 1) & ~(Alignment - 1L);
        if (_blocks.Count == 0 || needed > _blocks[^1].ByteSize - _offset)
        {
            var block = Math.Max(needed, _blocks.Count == 0 ? _blockByteSize : 0);
            _blocks.Add((share.Take(block, stream), block));
            _offset = 0;
        }

        var address = _blocks[^1].Address + (nint)_offset;
        _offset += needed;
        return address;
    }

    /// <summary>Gives everything back.</summary>
    public void Dispose() => Free();

    private void Free()
    {
        foreach (var (address, byteSize) in _blocks)
        {
            share.Return(address, byteSize, freeing);
        }

        _blocks.Clear();
    }
}
