using System.Buffers;
using System.IO.Pipelines;
using System.Threading.Tasks.Sources;
using Microsoft.AspNetCore.Connections;

namespace Camshaft.Transport.Binary.Epoll;

/// <summary>
/// Reads a connection's socket, and nothing ahead of what is asked for: a read receives at once when there may be something,
/// and otherwise when the loop says that there is; then the one who reads goes on in the loop. One read at a time, by any thread.
/// </summary>
internal sealed class SocketReader(EpollConnection connection, EpollSocket socket, MemoryPool<byte> pool) : PipeReader, IValueTaskSource<ReadResult>
{
    // A client whose bytes never end is left now and then for the others of its loop.
    private const int TurnByteSize = 1 << 20;

    private readonly Lock _gate = new();
    private readonly ReceivedBytes _bytes = new(pool);
    private ManualResetValueTaskSourceCore<ReadResult> _read;
    private bool _isUnexamined;
    private bool _hasEnded;
    private bool _isBroken;
    private volatile int _turn;

    // Guarded by the gate: here the loop, the reader and those who cancel meet.
    private bool _isReadable;
    private bool _hasHungUp;
    private bool _isWaiting;
    private bool _isCanceled;

    /// <inheritdoc/>
    public override ValueTask<ReadResult> ReadAsync(CancellationToken cancellationToken = default)
    {
        if (cancellationToken.CanBeCanceled)
        {
            return ReadCancelableAsync(cancellationToken);
        }

        // Made first: as soon as it waits, the loop may complete it.
        var read = new ValueTask<ReadResult>(this, _read.Version);
        return TryReadOrWait(out var result) ? new(result) : read;
    }

    /// <inheritdoc/>
    public override bool TryRead(out ReadResult result) => TryReadNow(out result);

    /// <inheritdoc/>
    public override void AdvanceTo(SequencePosition consumed) => AdvanceTo(consumed, consumed);

    /// <inheritdoc/>
    public override void AdvanceTo(SequencePosition consumed, SequencePosition examined)
    {
        _isUnexamined = !examined.Equals(_bytes.Sequence.End);
        _bytes.Consume(consumed);
    }

    /// <inheritdoc/>
    public override void CancelPendingRead()
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

        // Elsewhere: who cancels does not expect to become the reader.
        ThreadPool.UnsafeQueueUserWorkItem(static self => self.Continue(), this, preferLocal: false);
    }

    /// <inheritdoc/>
    public override void Complete(Exception? exception = null)
    {
        _hasEnded = true;
        _bytes.Clear();
    }

    /// <summary>Goes on with a read that waits. By the loop, which goes on as the reader.</summary>
    /// <param name="isReadable">Whether there is something to receive, or the other side is gone.</param>
    /// <param name="hasHungUp">Whether it is gone.</param>
    public void OnTurn(bool isReadable, bool hasHungUp)
    {
        _turn = 0;
        lock (_gate)
        {
            _isReadable |= isReadable;
            _hasHungUp |= hasHungUp;
            if (!_isWaiting)
            {
                return;
            }

            _isWaiting = false;
        }

        Continue();
    }

    ReadResult IValueTaskSource<ReadResult>.GetResult(short token)
    {
        try
        {
            return _read.GetResult(token);
        }
        finally
        {
            _read.Reset();
        }
    }

    ValueTaskSourceStatus IValueTaskSource<ReadResult>.GetStatus(short token) => _read.GetStatus(token);

    void IValueTaskSource<ReadResult>.OnCompleted(Action<object?> continuation, object? state, short token, ValueTaskSourceOnCompletedFlags flags) =>
        _read.OnCompleted(continuation, state, token, flags);

    private async ValueTask<ReadResult> ReadCancelableAsync(CancellationToken cancellationToken)
    {
        cancellationToken.ThrowIfCancellationRequested();
        using var registration = cancellationToken.UnsafeRegister(static state => ((SocketReader)state!).CancelPendingRead(), this);
        var result = await ReadAsync(CancellationToken.None).ConfigureAwait(false);
        if (result.IsCanceled)
        {
            cancellationToken.ThrowIfCancellationRequested();
        }

        return result;
    }

    /// <summary>Goes on with a read that has waited, and that nobody else can complete now.</summary>
    private void Continue()
    {
        ReadResult result;
        try
        {
            if (!TryReadOrWait(out result))
            {
                return;
            }
        }
        catch (Exception exception)
        {
            _read.SetException(exception);
            return;
        }

        _read.SetResult(result);
    }

    /// <returns><see langword="false"/>: the read waits, and belongs to whoever ends the wait.</returns>
    private bool TryReadOrWait(out ReadResult result)
    {
        while (!TryReadNow(out result))
        {
            bool isTurnOver;
            lock (_gate)
            {
                isTurnOver = _isReadable && _turn >= TurnByteSize;
                _isWaiting = !_isCanceled && (!_isReadable || isTurnOver);
                if (!_isWaiting)
                {
                    continue;
                }
            }

            if (isTurnOver)
            {
                connection.AskForTurn();
            }

            return false;
        }

        return true;
    }

    /// <exception cref="ConnectionResetException">The other side has ended the connection by force.</exception>
    private bool TryReadNow(out ReadResult result)
    {
        var isCanceled = TakeCancellation();
        var isRead = isCanceled || _isUnexamined || _hasEnded || TryReceive();
        if (_isBroken)
        {
            throw new ConnectionResetException("The client has reset the connection.");
        }

        result = isRead ? new ReadResult(_bytes.Sequence, isCanceled, _hasEnded) : default;
        return isRead;
    }

    private bool TakeCancellation()
    {
        lock (_gate)
        {
            var isCanceled = _isCanceled;
            _isCanceled = false;
            return isCanceled;
        }
    }

    /// <returns>Whether anything came, the end included.</returns>
    private bool TryReceive()
    {
        lock (_gate)
        {
            if (!_isReadable || _turn >= TurnByteSize)
            {
                return false;
            }

            // Before the call, so that an event that comes after it is not lost. After a hang-up no event comes.
            _isReadable = _hasHungUp;
        }

        var room = _bytes.GetRoom();
        var received = socket.Receive(room.Span);
        _bytes.Commit(Math.Max(received, 0));
        _hasEnded = received == 0;
        _isBroken = received == EpollSocket.Broken;
        if (received > 0)
        {
            _turn += received;
        }

        if (socket.MayHaveMore || received == EpollSocket.WouldBlock)
        {
            lock (_gate)
            {
                // Where nothing came although the other side is gone, another event tells what it was about.
                _isReadable |= received > 0;
                _hasHungUp &= received > 0;
            }
        }

        return received != EpollSocket.WouldBlock;
    }
}
