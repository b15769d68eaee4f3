using System.Buffers;

namespace Camshaft.Transport.Binary.Receiving;

/// <summary>The first bytes of a sequence in one piece: where they lie, or copied together when they lie in several blocks. Disposed when they were read.</summary>
internal readonly ref struct ContiguousBytes
{
    private readonly byte[]? _rented;

    /// <param name="source">The sequence.</param>
    /// <param name="byteSize">How many bytes of it, at most all.</param>
    public ContiguousBytes(in ReadOnlySequence<byte> source, int byteSize)
    {
        if (source.FirstSpan.Length >= byteSize)
        {
            Span = source.FirstSpan[..byteSize];
            return;
        }

        _rented = ArrayPool<byte>.Shared.Rent(byteSize);
        source.Slice(0, byteSize).CopyTo(_rented);
        Span = _rented.AsSpan(0, byteSize);
    }

    public ReadOnlySpan<byte> Span { get; }

    public void Dispose()
    {
        if (_rented is not null)
        {
            ArrayPool<byte>.Shared.Return(_rented);
        }
    }
}
