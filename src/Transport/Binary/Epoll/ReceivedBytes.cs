using System.Buffers;

namespace Camshaft.Transport.Binary.Epoll;

/// <summary>What has come on a connection and is not consumed, in receive blocks. Holds none while there is nothing. Used by one thread at a time.</summary>
internal sealed class ReceivedBytes(MemoryPool<byte> pool)
{
    // What the longest frame that is waited for as a whole lies in; see FrameReader.
    private const int MostSpare = 16;

    private ReceiveSegment? _first;
    private ReceiveSegment? _last;
    private readonly Stack<ReceiveSegment> _spare = [];
    private int _consumed;

    /// <summary>All of it.</summary>
    public ReadOnlySequence<byte> Sequence => _first is null ? default : new ReadOnlySequence<byte>(_first, _consumed, _last!, _last!.Filled);

    /// <summary>Room for more, at least a byte.</summary>
    public Memory<byte> GetRoom()
    {
        if (_last is null || _last.Room.IsEmpty)
        {
            var segment = _spare.TryPop(out var spare) ? spare : new ReceiveSegment();
            segment.Begin(pool.Rent());
            _last?.Append(segment);
            _first ??= segment;
            _last = segment;
        }

        return _last.Room;
    }

    /// <summary>Adds what was put into the room; gives a block back that is empty still.</summary>
    public void Commit(int byteSize)
    {
        _last!.Commit(byteSize);
        if (_first == _last && _consumed == _last.Filled)
        {
            Clear();
        }
    }

    /// <summary>Gives the blocks back whose bytes are all consumed.</summary>
    public void Consume(SequencePosition position)
    {
        if (position.GetObject() is not ReceiveSegment segment)
        {
            return;
        }

        while (_first is not null && _first != segment)
        {
            RemoveFirst();
        }

        _consumed = position.GetInteger();
        if (_first is not null && _consumed == _first.Filled)
        {
            RemoveFirst();
        }
    }

    /// <summary>Gives everything back.</summary>
    public void Clear()
    {
        while (_first is not null)
        {
            RemoveFirst();
        }
    }

    private void RemoveFirst()
    {
        _consumed = 0;
        var segment = _first!;
        _first = segment.End();
        _last = _first is null ? null : _last;
        if (_spare.Count < MostSpare)
        {
            _spare.Push(segment);
        }
    }
}
