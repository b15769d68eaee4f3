namespace Camshaft.Engine.Memory;

/// <summary>
/// One block of native memory and who holds it. Belongs to a <see cref="HostMemoryPool"/> for as long as the memory lives;
/// leases name it together with the generation they were given for.
/// </summary>
internal sealed class MemoryBlock(HostMemoryPool pool, nint address, long blockByteSize, int sizeClass)
{
    // The generation in the upper half, the number of owners in the lower, so that both change in one step.
    private long _state;

    public HostMemoryPool Pool => pool;

    public nint Address => address;

    public long BlockByteSize => blockByteSize;

    public int SizeClass => sizeClass;

    /// <summary>The bytes that the present lease asked for.</summary>
    public long ByteSize { get; private set; }

    public MemoryPurpose Purpose { get; private set; }

    /// <summary>Begins a lease with one owner. The caller alone knows the block at this moment.</summary>
    /// <returns>The lease's generation.</returns>
    public int BeginLease(long byteSize, MemoryPurpose purpose)
    {
        ByteSize = byteSize;
        Purpose = purpose;
        var generation = (int)(Volatile.Read(ref _state) >> 32) + 1;
        Volatile.Write(ref _state, ((long)generation << 32) | 1);
        return generation;
    }

    public bool IsLeased(int generation) => IsLeased(Volatile.Read(ref _state), generation);

    /// <summary>Adds an owner.</summary>
    /// <exception cref="ObjectDisposedException">The lease has ended.</exception>
    public void Retain(int generation)
    {
        var state = Volatile.Read(ref _state);
        while (true)
        {
            ObjectDisposedException.ThrowIf(!IsLeased(state, generation), typeof(TensorBuffer));
            var seen = Interlocked.CompareExchange(ref _state, state + 1, state);
            if (seen == state)
            {
                return;
            }

            state = seen;
        }
    }

    /// <summary>Takes an owner away.</summary>
    /// <returns>Whether it was the last one: the block is then the caller's, to give back to the pool.</returns>
    /// <exception cref="ObjectDisposedException">The lease has ended.</exception>
    public bool Release(int generation)
    {
        var state = Volatile.Read(ref _state);
        while (true)
        {
            ObjectDisposedException.ThrowIf(!IsLeased(state, generation), typeof(TensorBuffer));
            var seen = Interlocked.CompareExchange(ref _state, state - 1, state);
            if (seen == state)
            {
                return (state & uint.MaxValue) == 1;
            }

            state = seen;
        }
    }

    private static bool IsLeased(long state, int generation) => (int)(state >> 32) == generation && (state & uint.MaxValue) != 0;
}
