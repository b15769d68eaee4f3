namespace Camshaft.Engine.Memory;

/// <summary>
/// The right to one block of a <see cref="HostMemoryPool"/>, with a duty to dispose it. Copies are harmless: the lease ends
/// once, whichever copy ends it, and every later use throws.
/// </summary>
public readonly unsafe struct TensorBuffer : IDisposable
{
    private readonly MemoryBlock? _block;
    private readonly int _generation;

    internal TensorBuffer(MemoryBlock block, int generation)
    {
        _block = block;
        _generation = generation;
    }

    /// <summary>Whether this is no lease at all, as <see langword="default"/> is.</summary>
    public bool IsDefault => _block is null;

    /// <summary>The bytes that were asked for.</summary>
    /// <exception cref="ObjectDisposedException">The lease has ended.</exception>
    public long ByteSize => Block.ByteSize;

    /// <summary>The address of the first byte, aligned to 64.</summary>
    /// <exception cref="ObjectDisposedException">The lease has ended.</exception>
    public nint Address => Block.Address;

    /// <summary>The bytes, at most 2 GiB of them.</summary>
    /// <exception cref="ObjectDisposedException">The lease has ended.</exception>
    // The block has at least ByteSize bytes, and lives until the lease ends.
    public Span<byte> Bytes => new((void*)Block.Address, checked((int)Block.ByteSize));

    private MemoryBlock Block
    {
        get
        {
            ObjectDisposedException.ThrowIf(_block is null || !_block.IsLeased(_generation), typeof(TensorBuffer));
            return _block;
        }
    }

    /// <summary>Adds an owner, who has to dispose the lease too.</summary>
    /// <returns>The same lease.</returns>
    /// <exception cref="ObjectDisposedException">The lease has ended.</exception>
    public TensorBuffer Retain()
    {
        Block.Retain(_generation);
        return this;
    }

    /// <summary>Takes an owner away; the last one gives the block back to its pool.</summary>
    /// <exception cref="ObjectDisposedException">The lease has ended.</exception>
    public void Dispose()
    {
        ObjectDisposedException.ThrowIf(_block is null, typeof(TensorBuffer));
        if (_block.Release(_generation))
        {
            _block.Pool.Return(_block);
        }
    }
}
