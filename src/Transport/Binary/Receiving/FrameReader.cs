using System.Buffers;
using System.IO.Pipelines;
using Camshaft.Transport.Binary.Connections;

namespace Camshaft.Transport.Binary.Receiving;

/// <summary>
/// A connection's bytes. What has arrived and is not consumed stays where it lies until more is asked for; a connection that
/// waits for its next frame holds no block. Belongs to the receive loop.
/// </summary>
internal sealed class FrameReader(PipeReader input, ConnectionWatch watch)
{
    /// <summary>The most bytes that are waited for as a whole: the web server holds 1 MiB unread and then reads no further.</summary>
    public const long LargestWhole = 900 << 10;

    private ReadOnlySequence<byte> _buffered;
    private long _before;
    private bool _isHeld;

    /// <summary>What has arrived and is not consumed; valid until the next read.</summary>
    public ReadOnlySequence<byte> Buffered => _buffered;

    /// <summary>How many bytes were consumed since the connection's begin.</summary>
    public long Position { get; private set; }

    /// <summary>Whether nothing more will arrive, or the connection is to end.</summary>
    public bool HasEnded { get; private set; }

    /// <summary>Moves past bytes that have arrived.</summary>
    public void Consume(long byteSize)
    {
        _buffered = _buffered.Slice(byteSize);
        Position += byteSize;
    }

    /// <summary>Moves towards a position, past what of it has arrived.</summary>
    /// <returns>Whether it is reached.</returns>
    public bool TrySkipTo(long position)
    {
        Consume(Math.Min(_buffered.Length, position - Position));
        return Position == position;
    }

    /// <summary>Begins to wait for more than there is.</summary>
    /// <param name="isAmidFrame">Whether a frame has begun, whose rest is waited for.</param>
    /// <returns>To be awaited, and given to <see cref="EndRead"/>.</returns>
    public ValueTask<ReadResult> BeginReadAsync(bool isAmidFrame)
    {
        _before = _buffered.Length;
        if (_isHeld)
        {
            _isHeld = false;
            input.AdvanceTo(_buffered.Start, _buffered.End);
        }

        watch.BeginReceive(isAmidFrame || _before > 0);
        return input.ReadAsync();
    }

    /// <summary>Takes what came.</summary>
    public void EndRead(in ReadResult result)
    {
        Take(result);
        watch.EndReceive(_buffered.Length - _before);
    }

    /// <summary>Waits for more than there is, while the client is not waited for.</summary>
    public async Task ReadAheadAsync()
    {
        _isHeld = false;
        input.AdvanceTo(_buffered.Start, _buffered.End);
        Take(await input.ReadAsync().ConfigureAwait(false));
    }

    /// <summary>Gives what it holds back, at the connection's end.</summary>
    public void Release()
    {
        if (_isHeld)
        {
            _isHeld = false;
            input.AdvanceTo(_buffered.Start);
        }
    }

    private void Take(in ReadResult result)
    {
        _isHeld = true;
        _buffered = result.Buffer;
        HasEnded = result.IsCompleted || result.IsCanceled;
    }
}
