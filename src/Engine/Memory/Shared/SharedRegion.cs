using System.Diagnostics;
using System.Runtime.InteropServices;
using Camshaft.Backends;

namespace Camshaft.Engine.Memory.Shared;

/// <summary>
/// Memory that a client shares with the server. Whoever opened it has the first share; each use of it leases another, and with
/// the last it is free: unmapped or closed. Any thread.
/// </summary>
public abstract class SharedRegion
{
    private static readonly Action<nint> EndLease = static state => ((SharedRegion)GCHandle.FromIntPtr(state).Target!).Release();

    private readonly RegionAllowance _allowance;
    private GCHandle _self;
    private int _shares = 1;
    private bool _isFree;

    /// <param name="allowance">From which it was taken, and to which it goes back.</param>
    /// <param name="byteSize">How many bytes it has.</param>
    private protected SharedRegion(RegionAllowance allowance, long byteSize)
    {
        _allowance = allowance;
        ByteSize = byteSize;
        _self = GCHandle.Alloc(this);
    }

    /// <summary>How many bytes it has.</summary>
    public long ByteSize { get; }

    /// <summary>Whether the server may write into it.</summary>
    public abstract bool IsWritable { get; }

    /// <summary>Whether it is a device's memory: <see cref="Read"/> and <see cref="Write"/> then wait for the device.</summary>
    public virtual bool IsOnDevice => false;

    /// <summary>Whether nothing uses it any more, and it has been given back to the system: its owner may do with it what it likes.</summary>
    public bool IsFree => Volatile.Read(ref _isFree);

    /// <summary>Whether some bytes lie in it.</summary>
    public bool Contains(long offset, long byteSize) => offset >= 0 && byteSize >= 0 && byteSize <= ByteSize && offset <= ByteSize - byteSize;

    /// <summary>Takes a share, by one who knows that there is another.</summary>
    /// <returns>The region, to be released by the caller.</returns>
    public SharedRegion Lease()
    {
        var shares = Interlocked.Increment(ref _shares);
        Debug.Assert(shares > 1, "The region was free.");
        return this;
    }

    /// <summary>Gives a share back.</summary>
    public void Release()
    {
        if (Interlocked.Decrement(ref _shares) > 0)
        {
            return;
        }

        Free();
        _self.Free();
        _allowance.GiveBack();
        Volatile.Write(ref _isFree, true);
    }

    /// <summary>Leases bytes of it to be used where they lie, by one who has a share.</summary>
    /// <param name="offset">Where they begin.</param>
    /// <param name="byteSize">How many they are; <see cref="Contains"/> them.</param>
    /// <param name="memory">The memory, whose lease the caller ends or passes on.</param>
    /// <returns><see langword="false"/>: it can only be copied.</returns>
    public bool TryLend(long offset, long byteSize, out LentMemory memory)
    {
        Debug.Assert(Contains(offset, byteSize), "The bounds were not checked.");
        memory = default;
        if (LentAddress == 0)
        {
            return false;
        }

        Lease();
        memory = new LentMemory(LentAddress + (nint)offset, byteSize, IsImmutable, EndLease, GCHandle.ToIntPtr(_self)) { Device = LentDevice, IsUsedInPlace = IsUsedInPlace };
        return true;
    }

    /// <summary>Copies bytes out of it, by one who has a share.</summary>
    /// <param name="offset">Where they begin; it <see cref="Contains"/> them.</param>
    /// <param name="destination">Where they go.</param>
    /// <returns>Success, or why they are not there any more.</returns>
    public abstract InferenceStatus Read(long offset, Span<byte> destination);

    /// <summary>Copies bytes into it, by one who has a share.</summary>
    /// <param name="offset">Where they go; it <see cref="Contains"/> that.</param>
    /// <param name="source">The bytes.</param>
    /// <returns>Success, or why they have no room any more.</returns>
    public abstract InferenceStatus Write(long offset, ReadOnlySpan<byte> source);

    /// <summary>Where it is used without a copy; 0 = nowhere.</summary>
    private protected virtual nint LentAddress => 0;

    /// <summary>The device whose memory it is; null = the host's.</summary>
    private protected virtual IAccelerator? LentDevice => null;

    /// <summary>Whether it is a device's memory that models may read where it lies.</summary>
    private protected virtual bool IsUsedInPlace => false;

    /// <summary>Whether nobody can change its bytes.</summary>
    private protected virtual bool IsImmutable => false;

    /// <summary>Gives it back to the system. Once, after the last use; never throws.</summary>
    private protected abstract void Free();
}
