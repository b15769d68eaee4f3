using System.Diagnostics.CodeAnalysis;
using Camshaft.Transport.Binary.Requests;

namespace Camshaft.Transport.Binary.Sending;

/// <summary>
/// What one connection is to send: frames without tensors first, then results, these only while the client has given
/// credit. Whoever adds something while nobody sends becomes the sender until all is written, so that answers which are ready
/// together go out together. Any thread; ends with the connection, and gives back what it could not send.
/// </summary>
internal sealed class SendQueue
{
    // A client that asks and does not read the answers is not read from any more.
    private const int MostUrgent = 64;

    // So many answers wait at most for others that are about to be ready.
    private const int MostHeld = 16;

    private readonly Lock _gate = new();
    private readonly Queue<byte[]> _urgent = [];
    private readonly Queue<BinaryRequest> _results = [];
    private readonly RepeatedSignal _work = new();
    private TaskCompletionSource? _room;
    private TaskCompletionSource? _idle;
    private long _credit;
    private bool _isSending;
    private bool _isHeld;
    private bool _isClosed;
    private bool _isBroken;

    /// <summary>Completes when there is something to send and nobody sends it; the one who waits is the sender then.</summary>
    public ValueTask WhenWorkAsync() => _work.WaitAsync();

    /// <summary>Whether the client cannot be reached any more.</summary>
    public bool IsBroken
    {
        get
        {
            lock (_gate)
            {
                return _isBroken;
            }
        }
    }

    /// <summary>Whether results wait for credit, and nothing else.</summary>
    public bool LacksCredit
    {
        get
        {
            lock (_gate)
            {
                return _results.Count > 0 && _credit <= 0 && !_isSending;
            }
        }
    }

    /// <summary>Called once, by the sender, when the client cannot be reached any more.</summary>
    public Action? Broken { get; set; }

    /// <summary>Sends a frame ahead of results.</summary>
    public void Send(byte[] frame)
    {
        lock (_gate)
        {
            if (_isClosed)
            {
                return;
            }

            _urgent.Enqueue(frame);
            if (!TryBecomeSender())
            {
                return;
            }
        }

        _work.Set();
    }

    /// <summary>Sends a frame after which nothing is sent any more, not even what waits.</summary>
    public void SendLast(byte[] frame)
    {
        bool isSender;
        lock (_gate)
        {
            if (_isClosed)
            {
                return;
            }

            _isClosed = true;
            _urgent.Enqueue(frame);
            isSender = TryBecomeSender();
        }

        DropResults();
        if (isSender)
        {
            _work.Set();
        }
    }

    /// <summary>Sends a request's outputs, and gives the request back.</summary>
    public void Send(BinaryRequest result)
    {
        bool isClosed;
        lock (_gate)
        {
            isClosed = _isClosed;
            if (!isClosed)
            {
                _results.Enqueue(result);
                if (!TryBecomeSender())
                {
                    return;
                }
            }
        }

        if (isClosed)
        {
            result.Abandon();
        }
        else
        {
            _work.Set();
        }
    }

    /// <summary>The client takes so many bytes of results more.</summary>
    public void AddCredit(long byteSize)
    {
        lock (_gate)
        {
            // Saturated: a window without bounds stays one.
            _credit = _credit > long.MaxValue - byteSize ? long.MaxValue : _credit + byteSize;
            if (!TryBecomeSender())
            {
                return;
            }
        }

        _work.Set();
    }

    /// <summary>Lets answers wait for those that follow at once, until <see cref="Go"/>: they go out together then. By the receive loop.</summary>
    public void Hold()
    {
        lock (_gate)
        {
            _isHeld = true;
        }
    }

    /// <summary>Sends what <see cref="Hold"/> has kept.</summary>
    public void Go()
    {
        lock (_gate)
        {
            _isHeld = false;
            if (!TryBecomeSender())
            {
                return;
            }
        }

        _work.Set();
    }

    /// <summary>Completes when there is room for answers to what is read next.</summary>
    public Task WhenRoomAsync()
    {
        lock (_gate)
        {
            return _urgent.Count < MostUrgent || _isBroken
                ? Task.CompletedTask
                : (_room ??= new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously)).Task;
        }
    }

    /// <summary>Completes when everything is written that can be.</summary>
    public Task WhenIdleAsync()
    {
        lock (_gate)
        {
            return !_isSending ? Task.CompletedTask : (_idle ??= new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously)).Task;
        }
    }

    /// <summary>Sends nothing any more, and gives back what waits to be sent.</summary>
    public void Break()
    {
        TaskCompletionSource? room;
        lock (_gate)
        {
            if (_isBroken)
            {
                return;
            }

            _isBroken = _isClosed = true;
            _urgent.Clear();
            (room, _room) = (_room, null);
        }

        room?.TrySetResult();
        DropResults();
        Broken?.Invoke();
    }

    private void DropResults()
    {
        while (TryDequeue(out var result))
        {
            result.Abandon();
        }

        bool TryDequeue([NotNullWhen(true)] out BinaryRequest? result)
        {
            lock (_gate)
            {
                return _results.TryDequeue(out result);
            }
        }
    }

    private bool TryBecomeSender()
    {
        if (_isSending || _isBroken || (_isHeld && _urgent.Count + _results.Count < MostHeld) || (_urgent.Count == 0 && (_results.Count == 0 || _credit <= 0)))
        {
            return false;
        }

        _isSending = true;
        return true;
    }

    /// <summary>Takes the next frame to send, by the sender.</summary>
    /// <param name="urgent">A frame that has been made; null = it is a result.</param>
    /// <param name="result">A request whose outputs are to be sent; the sender's from now on.</param>
    /// <returns><see langword="false"/> when there is none, or none that there is credit for.</returns>
    public bool TryTake(out byte[]? urgent, out BinaryRequest? result)
    {
        TaskCompletionSource? room = null;
        lock (_gate)
        {
            result = null;
            if (_urgent.TryDequeue(out urgent))
            {
                (room, _room) = (_room, null);
            }
            else if (_credit <= 0 || !_results.TryDequeue(out result))
            {
                return false;
            }
        }

        room?.TrySetResult();
        return true;
    }

    /// <summary>Takes credit for a result that is sent.</summary>
    public void Pay(long byteSize)
    {
        lock (_gate)
        {
            _credit -= _credit == long.MaxValue ? 0 : byteSize;
        }
    }

    /// <summary>Ends a turn of the sender, unless there is more to send.</summary>
    /// <param name="isAmidResult">Whether a result has begun and is not whole.</param>
    /// <returns>Whether the caller is still the sender.</returns>
    public bool GoesOn(bool isAmidResult)
    {
        TaskCompletionSource? idle;
        lock (_gate)
        {
            _isSending = false;
            if (isAmidResult || TryBecomeSender())
            {
                _isSending = true;
                return true;
            }

            (idle, _idle) = (_idle, null);
        }

        idle?.TrySetResult();
        return false;
    }
}
