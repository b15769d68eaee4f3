using System.Buffers;
using System.IO.Pipelines;
using System.Runtime.CompilerServices;
using Camshaft.Transport.Binary.Connections;

namespace Camshaft.Transport.Binary.Receiving;

/// <summary>
/// Reads a connection's bytes. What has arrived and is not consumed stays where it lies until more is asked for; a
/// connection that waits for its next frame holds no block. Belongs to the receive loop.
/// </summary>
internal sealed class FrameReader(PipeReader input, ConnectionWatch watch)
{
    /// <summary>The most bytes that are waited for as a whole: the web server holds 1 MiB unread and then reads no further.</summary>
    public const long LargestWhole = 900 << 10;

    private ReadOnlySequence<byte> _buffered;
    private bool _isHeld;

    /// <summary>What has arrived and is not consumed; valid until the next call that waits.</summary>
    public ReadOnlySequence<byte> Buffered => _buffered;

    /// <summary>How many bytes were consumed since the connection's begin.</summary>
    public long Position { get; private set; }

    /// <summary>Whether nothing more will arrive.</summary>
    public bool HasEnded { get; private set; }

    /// <summary>Waits until so many bytes have arrived.</summary>
    /// <param name="byteSize">At most <see cref="LargestWhole"/>.</param>
    /// <param name="isAmidFrame">Whether a frame has begun, whose rest is waited for.</param>
    /// <returns><see langword="false"/> when the input ends before, or the connection is to end.</returns>
    public ValueTask<bool> FillAsync(long byteSize, bool isAmidFrame = true) => _buffered.Length >= byteSize ? new(true) : ReadAsync(byteSize, isAmidFrame);

    /// <summary>Moves past bytes that have arrived.</summary>
    public void Consume(long byteSize)
    {
        _buffered = _buffered.Slice(byteSize);
        Position += byteSize;
    }

    /// <summary>Moves to a position further on, past bytes of which some may still have to arrive.</summary>
    /// <returns><see langword="false"/> when the input ends before, or the connection is to end.</returns>
    public ValueTask<bool> SkipToAsync(long position)
    {
        if (position - Position > _buffered.Length)
        {
            return SkipAsync(position);
        }

        Consume(position - Position);
        return new(true);
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

    [AsyncMethodBuilder(typeof(PoolingAsyncValueTaskMethodBuilder<>))]
    private async ValueTask<bool> SkipAsync(long position)
    {
        while (position - Position > _buffered.Length)
        {
            Consume(_buffered.Length);
            if (!await ReadAsync(1, isAmidFrame: true).ConfigureAwait(false))
            {
                return false;
            }
        }

        Consume(position - Position);
        return true;
    }

    [AsyncMethodBuilder(typeof(PoolingAsyncValueTaskMethodBuilder<>))]
    private async ValueTask<bool> ReadAsync(long byteSize, bool isAmidFrame)
    {
        while (_buffered.Length < byteSize && !HasEnded)
        {
            var before = _buffered.Length;
            if (_isHeld)
            {
                _isHeld = false;
                input.AdvanceTo(_buffered.Start, _buffered.End);
            }

            watch.BeginReceive(isAmidFrame || before > 0);
            var result = await input.ReadAsync().ConfigureAwait(false);
            _isHeld = true;
            _buffered = result.Buffer;
            HasEnded = result.IsCompleted || result.IsCanceled;
            watch.EndReceive(_buffered.Length - before);
        }

        return _buffered.Length >= byteSize;
    }
}
