using System.Buffers;

namespace Camshaft.Transport.Hosting;

/// <summary>One receive block: an array that the garbage collector does not move, so that the system writes into it without pinning.</summary>
internal sealed class ReceiveBlock(ReceiveMemoryPool pool) : IMemoryOwner<byte>
{
    private readonly byte[] _bytes = GC.AllocateUninitializedArray<byte>(ReceiveMemoryPool.BlockByteSize, pinned: true);
    private int _isLeased;

    /// <exception cref="ObjectDisposedException">The lease has ended.</exception>
    public Memory<byte> Memory
    {
        get
        {
            ObjectDisposedException.ThrowIf(Volatile.Read(ref _isLeased) == 0, this);
            return _bytes;
        }
    }

    public void BeginLease() => Volatile.Write(ref _isLeased, 1);

    /// <summary>Gives the block back.</summary>
    /// <exception cref="ObjectDisposedException">It was given back before.</exception>
    public void Dispose()
    {
        ObjectDisposedException.ThrowIf(Interlocked.Exchange(ref _isLeased, 0) == 0, this);
        pool.Return(this);
    }
}
