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

    // Less than this a read brings beside what it is for.
    private const int LeastDirect = 16 << 10;

    private readonly IDirectInput? _direct = input as IDirectInput;
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

    /// <summary>Copies what has arrived, as far as it fits, and moves past it.</summary>
    /// <returns>How many bytes.</returns>
    public int Take(Span<byte> room)
    {
        var part = _buffered.Slice(0, Math.Min(_buffered.Length, room.Length));
        part.CopyTo(room);
        Consume(part.Length);
        return (int)part.Length;
    }

    /// <summary>Moves towards a position, past what of it has arrived.</summary>
    /// <returns>Whether it is reached.</returns>
    public bool TrySkipTo(long position)
    {
        Consume(Math.Min(_buffered.Length, position - Position));
        return Position == position;
    }

    /// <summary>Whether so many bytes are better received where they belong than here.</summary>
    public bool ReceivesDirectly(int byteSize) => _direct is not null && _buffered.IsEmpty && byteSize >= LeastDirect;

    /// <summary>Receives what is there, past everything that is here.</summary>
    /// <returns>How many bytes; 0 = none now, see <see cref="BeginWaitAsync"/>.</returns>
    public int ReceiveDirectly(Span<byte> room)
    {
        GiveBack();
        watch.BeginReceive(isAmidFrame: true);
        var received = _direct!.Receive(room);
        Position += received;
        watch.EndReceive(received);
        return received;
    }

    /// <summary>Begins to wait until there is something for <see cref="ReceiveDirectly"/>.</summary>
    /// <returns>To be awaited, and given to <see cref="EndWait"/>.</returns>
    public ValueTask<ReadResult> BeginWaitAsync()
    {
        watch.BeginReceive(isAmidFrame: true);
        return _direct!.WaitAsync();
    }

    /// <summary>Takes note of what the wait ended with.</summary>
    public void EndWait(in ReadResult result)
    {
        HasEnded = result.IsCompleted || result.IsCanceled;
        watch.EndReceive(0);
    }

    /// <summary>Begins to wait for more than there is.</summary>
    /// <param name="isAmidFrame">Whether a frame has begun, whose rest is waited for.</param>
    /// <returns>To be awaited, and given to <see cref="EndRead"/>.</returns>
    public ValueTask<ReadResult> BeginReadAsync(bool isAmidFrame)
    {
        _before = _buffered.Length;
        GiveBack();
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
        GiveBack();
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

    private void GiveBack()
    {
        if (_isHeld)
        {
            _isHeld = false;
            input.AdvanceTo(_buffered.Start, _buffered.End);
            _buffered = _buffered.IsEmpty ? default : _buffered;
        }
    }

    private void Take(in ReadResult result)
    {
        _isHeld = true;
        _buffered = result.Buffer;
        HasEnded = result.IsCompleted || result.IsCanceled;
    }
}
