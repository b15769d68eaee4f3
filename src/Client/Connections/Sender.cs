using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using Camshaft.Backends;
using Camshaft.Client.Requests;
using Camshaft.Transport.Wire;

namespace Camshaft.Client.Connections;

/// <summary>
/// What one connection is to send: frames without tensors first, then requests, these only while the server has given credit and takes one more.
/// Whoever adds something while nobody sends becomes the sender until all is written, so that requests made together go out together. Any thread; ends
/// with the connection, and fails what it could not send.
/// </summary>
internal sealed class Sender(FrameWriter writer, InFlightTable inFlight, int queueLimit)
{
    private readonly Lock _gate = new();
    private readonly Queue<(byte[] Frame, SafeHandle? Descriptor)> _urgent = [];
    private readonly Queue<InferenceCall> _calls = [];
    private ConfiguredValueTaskAwaitable.ConfiguredValueTaskAwaiter _sending;
    private Action? _onSent;
    private InferenceStatus _refusal;
    private long _credit;
    private long _longestFrame;
    private int _requestLimit;
    private int _queued;
    private bool _isSending;
    private bool _isClosed;

    /// <summary>Called once, by the sender, when the server cannot be reached any more.</summary>
    public required Action<Exception> Broken { get; init; }

    /// <summary>How many requests wait to be sent.</summary>
    public int Queued => Volatile.Read(ref _queued);

    /// <summary>Takes the server's limits; before, nothing is sent but what goes without.</summary>
    public void Begin(in HelloHead hello, long credit)
    {
        lock (_gate)
        {
            _credit = credit;
            _longestFrame = hello.LongestFrame;

            // One is kept for models that are to be opened.
            _requestLimit = Math.Max(1, (int)Math.Min(hello.RequestLimit, int.MaxValue) - 1);
        }
    }

    /// <summary>Sends a frame ahead of requests.</summary>
    /// <param name="frame">The frame.</param>
    /// <param name="descriptor">What goes with it; null for nothing.</param>
    public void Send(byte[] frame, SafeHandle? descriptor = null)
    {
        lock (_gate)
        {
            if (_isClosed)
            {
                return;
            }

            _urgent.Enqueue((frame, descriptor));
            if (!TryBecomeSender())
            {
                return;
            }
        }

        StartSending();
    }

    /// <summary>Sends the frame of a request that is no infer, or fails the request.</summary>
    /// <param name="id">Its id.</param>
    /// <param name="frame">The frame.</param>
    /// <param name="request">The request; in flight from now on.</param>
    /// <param name="descriptor">What goes with the frame; null for nothing.</param>
    public void Send(ulong id, byte[] frame, IPending request, SafeHandle? descriptor = null)
    {
        if (inFlight.TryAdd(id, request))
        {
            Send(frame, descriptor);
        }
        else
        {
            request.Fail(Refusal, AttemptFlags.NotSent);
        }
    }

    /// <summary>Sends a request, or fails it.</summary>
    public void Send(InferenceCall call)
    {
        InferenceStatus refusal;
        lock (_gate)
        {
            refusal = !_refusal.IsOk ? _refusal
                : _calls.Count < queueLimit ? InferenceStatus.Ok
                : new InferenceStatus(StatusCode.ResourceExhausted, $"{queueLimit} requests wait to be sent, as many as may; the server does not take them as fast as they come.");
            if (refusal.IsOk)
            {
                _calls.Enqueue(call);
                _queued = _calls.Count;
                if (!TryBecomeSender())
                {
                    return;
                }
            }
        }

        if (refusal.IsOk)
        {
            StartSending();
        }
        else
        {
            call.Fail(refusal, AttemptFlags.NotSent);
        }
    }

    /// <summary>An answer has come, and credit with it: perhaps another request can go.</summary>
    public void OnReceived(long credit)
    {
        lock (_gate)
        {
            // Saturated: a window without bounds stays one.
            _credit = _credit > long.MaxValue - credit ? long.MaxValue : _credit + credit;
            if (!TryBecomeSender())
            {
                return;
            }
        }

        StartSending();
    }

    /// <summary>Sends no requests any more; those that wait fail, and others may take them at once.</summary>
    public void Refuse(in InferenceStatus reason)
    {
        lock (_gate)
        {
            _refusal = _refusal.IsOk ? reason : _refusal;
        }

        FailQueued();
    }

    /// <summary>Sends nothing any more.</summary>
    public void Close(in InferenceStatus reason)
    {
        lock (_gate)
        {
            _refusal = _refusal.IsOk ? reason : _refusal;
            _isClosed = true;
            _urgent.Clear();
        }

        FailQueued();
    }

    private void FailQueued()
    {
        while (true)
        {
            InferenceCall? call;
            lock (_gate)
            {
                if (!_calls.TryDequeue(out call))
                {
                    return;
                }

                _queued = _calls.Count;
            }

            call.Fail(Refusal, AttemptFlags.NotSent);
        }
    }

    private InferenceStatus Refusal
    {
        get
        {
            lock (_gate)
            {
                return _refusal;
            }
        }
    }

    private bool CanSendCall => _calls.Count > 0 && _credit > 0 && inFlight.Count < _requestLimit;

    private bool TryBecomeSender()
    {
        if (_isSending || _isClosed || (_urgent.Count == 0 && !CanSendCall))
        {
            return false;
        }

        _isSending = true;
        return true;
    }

    private void StartSending()
    {
        do
        {
            // Not awaited: who asks for something waits for its answer.
#pragma warning disable CA2012
            _sending = SendAsync().ConfigureAwait(false).GetAwaiter();
#pragma warning restore CA2012
            if (!_sending.IsCompleted)
            {
                _sending.UnsafeOnCompleted(_onSent ??= OnSent);
                return;
            }

            _sending.GetResult();
        }
        while (IsThereMore());
    }

    private void OnSent()
    {
        _sending.GetResult();
        if (IsThereMore())
        {
            StartSending();
        }
    }

    private bool IsThereMore()
    {
        lock (_gate)
        {
            _isSending = false;
            return TryBecomeSender();
        }
    }

    /// <summary>One turn: writes what there is, then flushes. Never throws.</summary>
    [AsyncMethodBuilder(typeof(PoolingAsyncValueTaskMethodBuilder))]
    private async ValueTask SendAsync()
    {
        try
        {
            while (TryTake(out var frame, out var descriptor, out var call))
            {
                if (descriptor is not null)
                {
                    await writer.SendAsync(frame!, descriptor).ConfigureAwait(false);
                }
                else if (frame is not null)
                {
                    writer.Write(frame);
                }
                else if (TryBegin(call!, out var id, out var layout))
                {
                    try
                    {
                        await writer.WriteAsync(call!, id, layout).ConfigureAwait(false);
                    }
                    finally
                    {
                        call!.EndSend();
                    }
                }
            }

            await writer.FlushAsync().ConfigureAwait(false);
        }
        catch (Exception exception)
        {
            // Whatever it was, nothing sensible can follow what may be half a frame.
            Broken(exception);
        }
    }

    private bool TryTake(out byte[]? frame, out SafeHandle? descriptor, out InferenceCall? call)
    {
        lock (_gate)
        {
            call = null;
            var hasUrgent = _urgent.TryDequeue(out var urgent);
            (frame, descriptor) = urgent;
            if (hasUrgent)
            {
                return true;
            }

            if (_isClosed || !CanSendCall)
            {
                return false;
            }

            call = _calls.Dequeue();
            _queued = _calls.Count;
            return true;
        }
    }

    /// <summary>Gives a request its id and pays for it; from then on it is in flight, and its answer ends it.</summary>
    private bool TryBegin(InferenceCall call, out ulong id, out InferLayout layout)
    {
        id = 0;
        var status = InferLayout.TryMeasure(call, out layout);
        if (status.IsOk && layout.FrameByteSize > _longestFrame)
        {
            status = new InferenceStatus(StatusCode.ResourceExhausted, $"Model '{call.Model.Name}': the request has {layout.FrameByteSize} bytes; the server takes {_longestFrame}.");
        }

        if (!status.IsOk)
        {
            call.Fail(status, AttemptFlags.NotBegun);
            return false;
        }

        id = inFlight.NextId();
        if (!call.TryBeginSend(id))
        {
            call.Fail(new InferenceStatus(StatusCode.Cancelled, "The request was cancelled."), AttemptFlags.Local);
            return false;
        }

        lock (_gate)
        {
            _credit = _credit == long.MaxValue ? _credit : _credit - layout.FrameByteSize;
        }

        if (inFlight.TryAdd(id, call))
        {
            return true;
        }

        call.Fail(Refusal, AttemptFlags.NotSent);
        call.EndSend();
        return false;
    }
}
