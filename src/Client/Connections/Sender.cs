using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using Camshaft.Backends;
using Camshaft.Client.Requests;
using Camshaft.Transport.Wire;

namespace Camshaft.Client.Connections;

/// <summary>
/// Sends what one connection's <see cref="SendQueue"/> holds. Whoever adds something while nobody sends becomes the sender until all is written, so that
/// requests made together go out together. Any thread; ends with the connection, and fails what it could not send.
/// </summary>
internal sealed class Sender(FrameWriter writer, InFlightTable inFlight, int queueLimit)
{
    private readonly SendQueue _queue = new(inFlight, queueLimit);
    private ConfiguredValueTaskAwaitable.ConfiguredValueTaskAwaiter _sending;
    private Action? _onSent;

    /// <summary>Called once, by the sender, when the server cannot be reached any more.</summary>
    public required Action<Exception> Broken { get; init; }

    /// <summary>How many requests wait to be sent.</summary>
    public int Queued => _queue.Count;

    /// <summary>Takes the server's limits; before, nothing is sent but what goes without.</summary>
    public void Begin(in HelloHead hello, long credit) => _queue.Begin(hello, credit);

    /// <summary>Sends a frame ahead of requests.</summary>
    /// <param name="frame">The frame.</param>
    /// <param name="descriptor">What goes with it; null for nothing.</param>
    public void Send(byte[] frame, SafeHandle? descriptor = null)
    {
        if (_queue.Add(frame, descriptor))
        {
            StartSending();
        }
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
            request.Fail(_queue.Refusal, AttemptFlags.NotSent);
        }
    }

    /// <summary>Sends a request, or fails it.</summary>
    public void Send(InferenceCall call)
    {
        var status = _queue.TryAdd(call, out var isSender);
        if (!status.IsOk)
        {
            call.Fail(status, AttemptFlags.NotSent);
        }
        else if (isSender)
        {
            StartSending();
        }
    }

    /// <summary>An answer has come, and credit with it: perhaps another request can go.</summary>
    public void OnReceived(long credit)
    {
        if (_queue.AddCredit(credit))
        {
            StartSending();
        }
    }

    /// <summary>Sends no requests any more; those that wait fail, and others may take them at once.</summary>
    public void Refuse(in InferenceStatus reason)
    {
        _queue.Refuse(reason);
        FailQueued();
    }

    /// <summary>Sends nothing any more.</summary>
    public void Close(in InferenceStatus reason)
    {
        _queue.Close(reason);
        FailQueued();
    }

    private void FailQueued()
    {
        while (_queue.TryTakeRefused(out var call))
        {
            call.Fail(_queue.Refusal, AttemptFlags.NotSent);
        }
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
        while (_queue.TryGoOn());
    }

    private void OnSent()
    {
        _sending.GetResult();
        if (_queue.TryGoOn())
        {
            StartSending();
        }
    }

    /// <summary>One turn: writes what there is, then flushes. Never throws.</summary>
    [AsyncMethodBuilder(typeof(PoolingAsyncValueTaskMethodBuilder))]
    private async ValueTask SendAsync()
    {
        try
        {
            while (_queue.TryTake(out var frame, out var descriptor, out var call))
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

    /// <summary>Gives a request its id and pays for it; from then on it is in flight, and its answer ends it.</summary>
    private bool TryBegin(InferenceCall call, out ulong id, out InferLayout layout)
    {
        id = 0;
        var status = Measure(call, out layout);
        if (status.IsOk && layout.FrameByteSize > _queue.LongestFrame)
        {
            status = new InferenceStatus(StatusCode.ResourceExhausted, $"Model '{call.Model.Name}': the request has {layout.FrameByteSize} bytes; the server takes {_queue.LongestFrame}.");
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

        _queue.Pay(layout.FrameByteSize);
        if (inFlight.TryAdd(id, call))
        {
            return true;
        }

        call.Fail(_queue.Refusal, AttemptFlags.NotSent);
        call.EndSend();
        return false;
    }

    private static InferenceStatus Measure(InferenceCall call, out InferLayout layout)
    {
        try
        {
            return InferLayout.TryMeasure(call, out layout);
        }
        catch (Exception exception)
        {
            // The caller's collections lack something, or change. Nothing is written yet, so that the requests beside this one go on.
            layout = default;
            return new InferenceStatus(StatusCode.InvalidArgument, $"Model '{call.Model.Name}': the request cannot be read: {exception.Message}");
        }
    }
}
