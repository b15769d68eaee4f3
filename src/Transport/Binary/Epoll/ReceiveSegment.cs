using System.Buffers;

namespace Camshaft.Transport.Binary.Epoll;

/// <summary>One receive block of a connection, filled from its begin on. Reused by its connection, which owns the block while it is in use.</summary>
internal sealed class ReceiveSegment : ReadOnlySequenceSegment<byte>
{
    private IMemoryOwner<byte>? _block;
    private Memory<byte> _whole;

    /// <summary>How many bytes have come.</summary>
    public int Filled { get; private set; }

    /// <summary>Where the next bytes go.</summary>
    public Memory<byte> Room => _whole[Filled..];

    public new ReceiveSegment? Next => (ReceiveSegment?)base.Next;

    /// <summary>Takes a block over.</summary>
    public void Begin(IMemoryOwner<byte> block)
    {
        _block = block;
        _whole = block.Memory;
        Filled = 0;
        RunningIndex = 0;
    }

    /// <summary>Adds what has come.</summary>
    public void Commit(int byteSize)
    {
        Filled += byteSize;
        Memory = _whole[..Filled];
    }

    /// <summary>Lets another one follow.</summary>
    public void Append(ReceiveSegment next)
    {
        next.RunningIndex = RunningIndex + Filled;
        base.Next = next;
    }

    /// <summary>Gives the block back.</summary>
    /// <returns>What followed.</returns>
    public ReceiveSegment? End()
    {
        var next = Next;
        _block!.Dispose();
        _block = null;
        _whole = default;
        Memory = default;
        base.Next = null;
        return next;
    }
}
