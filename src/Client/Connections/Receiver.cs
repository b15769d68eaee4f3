using System.Buffers;
using System.Runtime.CompilerServices;
using Camshaft.Transport.Wire;

namespace Camshaft.Client.Connections;

/// <summary>
/// Reads the frames of one connection. Small ones lie in its buffer until the next is read; what carries tensors is read into an array of its own, so
/// that it is copied once at most. Belongs to the receive loop.
/// </summary>
internal sealed class Receiver(Stream stream)
{
    private readonly byte[] _buffer = new byte[WireFormat.LongestPreface];
    private int _start;
    private int _end;

    /// <summary>Reads the next head.</summary>
    /// <returns>The head; null at the connection's end.</returns>
    /// <exception cref="InvalidDataException">What came is no frame.</exception>
    /// <exception cref="EndOfStreamException">The connection ended amid a head.</exception>
    [AsyncMethodBuilder(typeof(PoolingAsyncValueTaskMethodBuilder<>))]
    public async ValueTask<FrameHead?> ReadHeadAsync()
    {
        while (true)
        {
            var fault = FrameHead.TryRead(_buffer.AsSpan(_start, _end - _start), out var head);
            if (fault == WireFault.None)
            {
                return head;
            }

            if (fault != WireFault.Incomplete)
            {
                throw new InvalidDataException($"The server sent what is no frame: {fault.Describe()}.");
            }

            if (!await ReadAsync().ConfigureAwait(false))
            {
                return _start == _end ? null : throw new EndOfStreamException("The connection ended amid a frame.");
            }
        }
    }

    /// <summary>Reads the rest of a frame that fits the buffer; it lies there until <see cref="Consume"/>.</summary>
    [AsyncMethodBuilder(typeof(PoolingAsyncValueTaskMethodBuilder<>))]
    public async ValueTask<ReadOnlyMemory<byte>> ReadFrameAsync(int byteSize)
    {
        while (_end - _start < byteSize)
        {
            if (!await ReadAsync().ConfigureAwait(false))
            {
                throw new EndOfStreamException("The connection ended amid a frame.");
            }
        }

        return _buffer.AsMemory(_start, byteSize);
    }

    /// <summary>The frame has been looked at.</summary>
    public void Consume(int byteSize) => _start += byteSize;

    /// <summary>Reads a whole frame into an array from the shared pool, which is then the caller's.</summary>
    [AsyncMethodBuilder(typeof(PoolingAsyncValueTaskMethodBuilder<>))]
    public async ValueTask<byte[]> TakeFrameAsync(int byteSize)
    {
        var frame = ArrayPool<byte>.Shared.Rent(byteSize);
        try
        {
            var there = Math.Min(byteSize, _end - _start);
            _buffer.AsSpan(_start, there).CopyTo(frame);
            _start += there;
            while (there < byteSize)
            {
                var received = await stream.ReadAsync(frame.AsMemory(there, byteSize - there)).ConfigureAwait(false);
                there += received > 0 ? received : throw new EndOfStreamException("The connection ended amid a frame.");
            }

            return frame;
        }
        catch
        {
            ArrayPool<byte>.Shared.Return(frame);
            throw;
        }
    }

    /// <summary>Goes past a frame.</summary>
    public async ValueTask SkipAsync(long byteSize)
    {
        while (byteSize > 0)
        {
            var there = (int)Math.Min(byteSize, _end - _start);
            _start += there;
            byteSize -= there;
            if (byteSize > 0 && !await ReadAsync().ConfigureAwait(false))
            {
                throw new EndOfStreamException("The connection ended amid a frame.");
            }
        }
    }

    [AsyncMethodBuilder(typeof(PoolingAsyncValueTaskMethodBuilder<>))]
    private async ValueTask<bool> ReadAsync()
    {
        if (_start > 0)
        {
            _buffer.AsSpan(_start, _end - _start).CopyTo(_buffer);
            (_start, _end) = (0, _end - _start);
        }

        var received = await stream.ReadAsync(_buffer.AsMemory(_end)).ConfigureAwait(false);
        _end += received;
        return received > 0;
    }
}
