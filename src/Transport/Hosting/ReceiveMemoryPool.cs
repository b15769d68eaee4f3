using System.Buffers;
using System.Collections.Concurrent;

namespace Camshaft.Transport.Hosting;

/// <summary>
/// Blocks that sockets receive into. Never refuses, since Kestrel cannot wait for one: what bounds them is the number of
/// connections and what each may have unread. Kept for reuse up to <see cref="MostKept"/>. Any thread.
/// </summary>
internal sealed class ReceiveMemoryPool : MemoryPool<byte>
{
    /// <summary>The size of a block.</summary>
    public const int BlockByteSize = 64 << 10;

    // 16 MiB: what 128 busy connections hold; a burst beyond goes back to the garbage collector.
    private const int MostKept = 256;

    private readonly ConcurrentQueue<ReceiveBlock> _blocks = new();
    private int _kept;
    private int _rented;
    private volatile bool _disposed;

    public override int MaxBufferSize => BlockByteSize;

    /// <summary>How many blocks are out.</summary>
    public int Rented => Volatile.Read(ref _rented);

    public override IMemoryOwner<byte> Rent(int minBufferSize = -1)
    {
        ArgumentOutOfRangeException.ThrowIfGreaterThan(minBufferSize, BlockByteSize);
        ObjectDisposedException.ThrowIf(_disposed, this);
        if (_blocks.TryDequeue(out var block))
        {
            Interlocked.Decrement(ref _kept);
        }
        else
        {
            block = new ReceiveBlock(this);
        }

        Interlocked.Increment(ref _rented);
        block.BeginLease();
        return block;
    }

    internal void Return(ReceiveBlock block)
    {
        Interlocked.Decrement(ref _rented);
        if (_disposed || Interlocked.Increment(ref _kept) > MostKept)
        {
            Interlocked.Decrement(ref _kept);
            return;
        }

        _blocks.Enqueue(block);
    }

    protected override void Dispose(bool disposing)
    {
        _disposed = true;
        _blocks.Clear();
    }
}
