using System.Buffers;
using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;

namespace Camshaft.Transport.Binary.Epoll;

/// <summary>
/// What has been written on a connection and not been sent: in blocks of its own, and where it lies in the writer's memory.
/// Holds no block while there is nothing. Used by one thread at a time.
/// </summary>
internal sealed unsafe class UnsentBytes(MemoryPool<byte> pool)
{
    private const int UsualCount = 4;

    private Piece[] _pieces = new Piece[UsualCount];
    private int _first;
    private int _count;

    public bool IsEmpty => _first == _count;

    /// <summary>Room to write into.</summary>
    /// <param name="byteSize">At least so much; 0 = any.</param>
    public Memory<byte> GetRoom(int byteSize)
    {
        var least = Math.Max(byteSize, 1);
        if (IsEmpty || _pieces[_count - 1].Room.Length < least)
        {
            Add(new Piece(least <= pool.MaxBufferSize ? pool.Rent() : MemoryPool<byte>.Shared.Rent(least)));
        }

        return _pieces[_count - 1].Room;
    }

    /// <summary>Adds what was written into the room.</summary>
    public void Commit(int byteSize) => _pieces[_count - 1].Commit(byteSize);

    /// <summary>Adds memory that stays where it is, and as it is, until it was sent or given up.</summary>
    public void Borrow(ReadOnlySpan<byte> bytes) => Add(new Piece((byte*)Unsafe.AsPointer(ref MemoryMarshal.GetReference(bytes)), bytes.Length));

    /// <summary>Says where the next pieces lie, for as long as nothing is given up.</summary>
    /// <returns>How many there are.</returns>
    public int GetVectors(Span<NativeMethods.IoVector> vectors)
    {
        var count = Math.Min(vectors.Length, _count - _first);
        for (var i = 0; i < count; i++)
        {
            vectors[i] = _pieces[_first + i].Vector;
        }

        return count;
    }

    /// <summary>Gives up what was sent.</summary>
    public void Consume(int byteSize)
    {
        while (_first < _count && byteSize >= _pieces[_first].UnsentByteSize)
        {
            byteSize -= _pieces[_first].UnsentByteSize;
            RemoveFirst();
        }

        if (_first < _count)
        {
            _pieces[_first].Consume(byteSize);
        }
    }

    /// <summary>Gives everything up.</summary>
    public void Clear()
    {
        while (_first < _count)
        {
            RemoveFirst();
        }
    }

    private void Add(in Piece piece)
    {
        if (_count == _pieces.Length)
        {
            Array.Resize(ref _pieces, _count * 2);
        }

        _pieces[_count++] = piece;
    }

    private void RemoveFirst()
    {
        _pieces[_first].Dispose();
        _pieces[_first++] = default;
        if (_first == _count)
        {
            _first = _count = 0;
        }
    }

    // The memory of a block is pinned from when it is first sent until it is given back.
    private struct Piece
    {
        private readonly IMemoryOwner<byte>? _block;
        private readonly Memory<byte> _memory;
        private MemoryHandle _pin;
        private byte* _bytes;
        private int _written;
        private int _sent;

        public Piece(IMemoryOwner<byte> block)
        {
            _block = block;
            _memory = block.Memory;
        }

        public Piece(byte* bytes, int byteSize)
        {
            _bytes = bytes;
            _written = byteSize;
        }

        public readonly int UnsentByteSize => _written - _sent;

        public readonly Memory<byte> Room => _block is null ? default : _memory[_written..];

        public NativeMethods.IoVector Vector
        {
            get
            {
                if (_bytes == null)
                {
                    _pin = _memory.Pin();
                    _bytes = (byte*)_pin.Pointer;
                }

                return new NativeMethods.IoVector { Bytes = _bytes + _sent, ByteSize = (nuint)UnsentByteSize };
            }
        }

        public void Commit(int byteSize) => _written += byteSize;

        public void Consume(int byteSize) => _sent += byteSize;

        public void Dispose()
        {
            _pin.Dispose();
            _block?.Dispose();
        }
    }
}
