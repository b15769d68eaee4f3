using System.Buffers;

namespace Camshaft.Transport.Binary.Epoll;

/// <summary>What has been written on a connection and not been sent. Holds no block while there is nothing. Used by one thread at a time.</summary>
internal sealed class UnsentBytes(MemoryPool<byte> pool)
{
    private const int UsualCount = 4;

    private Piece[] _pieces = new Piece[UsualCount];
    private int _first;
    private int _count;

    public bool IsEmpty => _first == _count;

    /// <summary>What is to be sent next.</summary>
    public ReadOnlySpan<byte> First => _pieces[_first].Unsent.Span;

    /// <summary>Room to write into.</summary>
    /// <param name="byteSize">At least so much; 0 = any.</param>
    public Memory<byte> GetRoom(int byteSize)
    {
        var least = Math.Max(byteSize, 1);
        if (_count == _first || _pieces[_count - 1].Room.Length < least)
        {
            if (_count == _pieces.Length)
            {
                Array.Resize(ref _pieces, _count * 2);
            }

            _pieces[_count++] = new Piece(least <= pool.MaxBufferSize ? pool.Rent() : MemoryPool<byte>.Shared.Rent(least));
        }

        return _pieces[_count - 1].Room;
    }

    /// <summary>Adds what was written into the room.</summary>
    public void Commit(int byteSize) => _pieces[_count - 1].Commit(byteSize);

    /// <summary>Gives up what was sent.</summary>
    public void Consume(int byteSize)
    {
        _pieces[_first].Consume(byteSize);
        while (_first < _count && _pieces[_first].Unsent.IsEmpty)
        {
            _pieces[_first].Dispose();
            _pieces[_first++] = default;
        }

        if (_first == _count)
        {
            _first = _count = 0;
        }
    }

    /// <summary>Gives everything up.</summary>
    public void Clear()
    {
        for (; _first < _count; _first++)
        {
            _pieces[_first].Dispose();
            _pieces[_first] = default;
        }

        _first = _count = 0;
    }

    private struct Piece(IMemoryOwner<byte> block)
    {
        private readonly Memory<byte> _memory = block.Memory;
        private int _written;
        private int _sent;

        public readonly ReadOnlyMemory<byte> Unsent => _memory[_sent.._written];

        public readonly Memory<byte> Room => _memory[_written..];

        public void Commit(int byteSize) => _written += byteSize;

        public void Consume(int byteSize) => _sent += byteSize;

        public readonly void Dispose() => block.Dispose();
    }
}
