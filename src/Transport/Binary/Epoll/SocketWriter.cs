using System.Buffers;
using System.IO.Pipelines;
using System.Threading.Tasks.Sources;

namespace Camshaft.Transport.Binary.Epoll;

/// <summary>
/// Writes a connection's socket: a flush sends at once, on the thread of the one who flushes; what the socket has no room for
/// the loop sends when there is some. One flush at a time, by any thread.
/// </summary>
internal sealed class SocketWriter(EpollConnection connection, EpollSocket socket, MemoryPool<byte> pool) : PipeWriter, IValueTaskSource<FlushResult>
{
    private readonly Lock _gate = new();
    private readonly UnsentBytes _bytes = new(pool);
    private ManualResetValueTaskSourceCore<FlushResult> _flush;
    private bool _hasEnded;

    // Guarded by the gate: here the loop, the sender and those who cancel meet.
    private bool _isWaiting;
    private bool _isCanceled;

    /// <inheritdoc/>
    public override void Advance(int bytes) => _bytes.Commit(bytes);

    /// <inheritdoc/>
    public override Memory<byte> GetMemory(int sizeHint = 0) => _bytes.GetRoom(sizeHint);

    /// <inheritdoc/>
    public override Span<byte> GetSpan(int sizeHint = 0) => _bytes.GetRoom(sizeHint).Span;

    /// <inheritdoc/>
    public override ValueTask<FlushResult> FlushAsync(CancellationToken cancellationToken = default)
    {
        if (cancellationToken.CanBeCanceled)
        {
            return FlushCancelableAsync(cancellationToken);
        }

        // Made first: as soon as it waits, the loop may complete it.
        var flush = new ValueTask<FlushResult>(this, _flush.Version);
        if (TryFlushOrWait(out var result))
        {
            return new(result);
        }

        connection.WatchForRoom(true);
        return flush;
    }

    /// <inheritdoc/>
    public override void CancelPendingFlush()
    {
        lock (_gate)
        {
            _isCanceled = true;
            if (!_isWaiting)
            {
                return;
            }

            _isWaiting = false;
        }

        // Elsewhere: who cancels does not expect to become the sender.
        ThreadPool.UnsafeQueueUserWorkItem(static self => self.Continue(), this, preferLocal: false);
    }

    /// <summary>Sends no more, and says so to the other side.</summary>
    public override void Complete(Exception? exception = null)
    {
        if (!_hasEnded && exception is null)
        {
            _ = TrySend();
        }

        _hasEnded = true;
        _bytes.Clear();
        socket.EndSending();
    }

    /// <summary>There is room again, or the other side is gone. By the loop, which goes on as the sender.</summary>
    public void OnWritable()
    {
        lock (_gate)
        {
            if (!_isWaiting)
            {
                return;
            }

            _isWaiting = false;
        }

        Continue();
    }

    FlushResult IValueTaskSource<FlushResult>.GetResult(short token)
    {
        try
        {
            return _flush.GetResult(token);
        }
        finally
        {
            _flush.Reset();
        }
    }

    ValueTaskSourceStatus IValueTaskSource<FlushResult>.GetStatus(short token) => _flush.GetStatus(token);

    void IValueTaskSource<FlushResult>.OnCompleted(Action<object?> continuation, object? state, short token, ValueTaskSourceOnCompletedFlags flags) =>
        _flush.OnCompleted(continuation, state, token, flags);

    private async ValueTask<FlushResult> FlushCancelableAsync(CancellationToken cancellationToken)
    {
        cancellationToken.ThrowIfCancellationRequested();
        using var registration = cancellationToken.UnsafeRegister(static state => ((SocketWriter)state!).CancelPendingFlush(), this);
        var result = await FlushAsync(CancellationToken.None).ConfigureAwait(false);
        if (result.IsCanceled)
        {
            cancellationToken.ThrowIfCancellationRequested();
        }

        return result;
    }

    /// <summary>Goes on with a flush that has waited, and that nobody else can complete now.</summary>
    private void Continue()
    {
        if (TryFlushOrWait(out var result))
        {
            connection.WatchForRoom(false);
            _flush.SetResult(result);
        }
    }

    /// <returns><see langword="false"/>: the flush waits for room, and belongs to whoever ends the wait.</returns>
    private bool TryFlushOrWait(out FlushResult result)
    {
        bool isCanceled;
        while (!TakeCancellation(out isCanceled) && !TrySend())
        {
            lock (_gate)
            {
                _isWaiting = !_isCanceled;
                if (_isWaiting)
                {
                    result = default;
                    return false;
                }
            }
        }

        result = new FlushResult(isCanceled, _hasEnded);
        return true;
    }

    private bool TakeCancellation(out bool isCanceled)
    {
        lock (_gate)
        {
            isCanceled = _isCanceled;
            _isCanceled = false;
            return isCanceled;
        }
    }

    /// <returns><see langword="false"/> when the socket has no room; the other side may be gone otherwise.</returns>
    private bool TrySend()
    {
        while (!_bytes.IsEmpty && !_hasEnded)
        {
            var sent = socket.Send(_bytes.First);
            if (sent == EpollSocket.WouldBlock)
            {
                return false;
            }

            if (sent == EpollSocket.Broken)
            {
                _hasEnded = true;
                _bytes.Clear();
                return true;
            }

            _bytes.Consume(sent);
        }

        return true;
    }
}
