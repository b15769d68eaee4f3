using System.Diagnostics.CodeAnalysis;
using Camshaft.Transport.Binary.Requests;

namespace Camshaft.Transport.Binary.Sending;

/// <summary>
/// What one connection is to send: frames without tensors first, then results, these only while the client has given
/// credit. Whoever adds something while nobody sends becomes the sender until all is written, so that answers which are ready
/// together go out together. Any thread; ends with the connection, and gives back what it could not send.
/// </summary>
internal sealed class SendQueue(FrameWriter writer)
{
    // A client that asks and does not read the answers is not read from any more.
    private const int MostUrgent = 64;

    private readonly Lock _gate = new();
    private readonly Queue<byte[]> _urgent = [];
    private readonly Queue<BinaryRequest> _results = [];
    private readonly RepeatedSignal _work = new();
    private TaskCompletionSource? _room;
    private TaskCompletionSource? _idle;
    private long _credit;
    private bool _isSending;
    private bool _isClosed;
    private bool _isBroken;

    /// <summary>Begins to wait for something to send. Once.</summary>
    public void Start() => _ = RunAsync();

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

        StartSending();
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
            StartSending();
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
            StartSending();
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

        StartSending();
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
        if (_isSending || _isBroken || (_urgent.Count == 0 && (_results.Count == 0 || _credit <= 0)))
        {
            return false;
        }

        _isSending = true;
        return true;
    }

    // Goes on in RunAsync, on this thread, unless the pipe makes it wait.
    private void StartSending() => _work.Set();

    /// <summary>Sends in turns, each as long as there is something, and rests in between. Never throws and never ends.</summary>
    private async Task RunAsync()
    {
        while (true)
        {
            await _work.WaitAsync().ConfigureAwait(false);
            do
            {
                try
                {
                    WriteSome();
                    if (writer.HasUnflushed && !writer.EndFlush(await writer.BeginFlushAsync().ConfigureAwait(false)))
                    {
                        Break();
                    }
                }
                catch (Exception exception)
                {
                    // Whatever it was, nothing sensible can follow what may be half a frame.
                    writer.OnFailed(exception);
                    Break();
                }
            }
            while (IsThereMore());
        }
    }

    /// <summary>Writes until there is nothing to be written, or enough for a flush.</summary>
    private void WriteSome()
    {
        while (!writer.IsFull)
        {
            if (writer.IsAmidResult)
            {
                writer.Continue();
            }
            else if (!TryTake(out var urgent, out var result))
            {
                return;
            }
            else if (urgent is not null)
            {
                writer.Write(urgent);
            }
            else if (TryPay(result!))
            {
                writer.Begin(result!);
            }
        }
    }

    /// <summary>Ends a turn: the sender is free, or this one again.</summary>
    private bool IsThereMore()
    {
        if (IsBroken)
        {
            writer.Drop();
        }

        TaskCompletionSource? idle;
        lock (_gate)
        {
            _isSending = false;
            if (writer.IsAmidResult || TryBecomeSender())
            {
                _isSending = true;
                return true;
            }

            (idle, _idle) = (_idle, null);
        }

        idle?.TrySetResult();
        return false;
    }

    private bool TryTake(out byte[]? urgent, out BinaryRequest? result)
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

    /// <summary>Takes credit for a result.</summary>
    /// <returns><see langword="false"/>: the result is longer than the client takes; an error is sent in its place.</returns>
    private bool TryPay(BinaryRequest result)
    {
        if (!writer.TryMeasure(result, out var byteSize))
        {
            return false;
        }

        lock (_gate)
        {
            _credit -= _credit == long.MaxValue ? 0 : byteSize;
        }

        return true;
    }
}
