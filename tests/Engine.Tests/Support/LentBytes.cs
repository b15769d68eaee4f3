using System.Runtime.InteropServices;
using Camshaft.Engine.Memory.Shared;

namespace Camshaft.Engine.Tests.Support;

/// <summary>Memory that a test lends to requests, and how often they have given it back.</summary>
internal sealed class LentBytes
{
    private readonly byte[] _array;
    private readonly int _start;
    private int _released;

    /// <param name="byteSize">Its bytes.</param>
    /// <param name="shift">How far its begin is from where tensors begin.</param>
    public LentBytes(int byteSize, int shift = 0)
    {
        ByteSize = byteSize;
        _array = GC.AllocateArray<byte>(byteSize + (2 * LentMemory.Alignment), pinned: true);
        var address = Marshal.UnsafeAddrOfPinnedArrayElement(_array, 0);
        _start = (int)(-address & (LentMemory.Alignment - 1)) + shift;
        Address = address + _start;
    }

    public int ByteSize { get; }

    public nint Address { get; }

    public Span<byte> Bytes => _array.AsSpan(_start, ByteSize);

    /// <summary>How often it was given back.</summary>
    public int Released => Volatile.Read(ref _released);

    public Span<T> As<T>()
        where T : unmanaged => MemoryMarshal.Cast<byte, T>(Bytes);

    public LentMemory Lend(bool isImmutable = false) => new(Address, ByteSize, isImmutable, _ => Interlocked.Increment(ref _released), 0);
}
