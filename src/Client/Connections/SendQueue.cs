using System.Diagnostics.CodeAnalysis;
using System.Runtime.InteropServices;
using Camshaft.Backends;
using Camshaft.Client.Requests;
using Camshaft.Transport.Wire;

namespace Camshaft.Client.Connections;

/// <summary>
/// What one connection is to send, and when it may: frames without tensors first, then requests, these only while the server has given credit and takes one
/// more. One at a time is the sender: whoever adds something that may go while nobody is, until <see cref="TryGoOn"/> finds nothing left. Any thread; ends
/// with the connection.
/// </summary>
internal sealed class SendQueue(InFlightTable inFlight, int limit)
{
    private readonly Lock _gate = new();
    private readonly Queue<(byte[] Frame, SafeHandle? Descriptor)> _urgent = [];
    private readonly Queue<InferenceCall> _calls = [];
    private InferenceStatus _refusal;
    private long _credit;
    private int _requestLimit;
    private int _count;
    private bool _isSending;
    private bool _isClosed;

    /// <summary>How many requests wait to be sent.</summary>
    public int Count => Volatile.Read(ref _count);

    /// <summary>The longest frame that the server takes.</summary>
    public long LongestFrame { get; private set; }

    /// <summary>Why no requests are sent any more; success while they are.</summary>
    public InferenceStatus Refusal
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

    /// <summary>Takes the server's limits; before, nothing is sent but what goes without.</summary>
    public void Begin(in HelloHead hello, long credit)
    {
        lock (_gate)
        {
            _credit = credit;
            LongestFrame = hello.LongestFrame;

            // One is kept for models that are to be opened.
            _requestLimit = Math.Max(1, (int)Math.Min(hello.RequestLimit, int.MaxValue) - 1);
        }
    }

    /// <summary>Adds a frame ahead of requests; after the end it is dropped.</summary>
    /// <returns>Whether the caller is the sender from now on.</returns>
    public bool Add(byte[] frame, SafeHandle? descriptor)
    {
        lock (_gate)
        {
            if (_isClosed)
            {
                return false;
            }

            _urgent.Enqueue((frame, descriptor));
            return TryBecomeSender();
        }
    }

    /// <summary>Adds a request.</summary>
    /// <param name="call">The request; the caller's still, without success.</param>
    /// <param name="isSender">Whether the caller is the sender from now on.</param>
    public InferenceStatus TryAdd(InferenceCall call, out bool isSender)
    {
        isSender = false;
        lock (_gate)
        {
            if (!_refusal.IsOk)
            {
                return _refusal;
            }

            if (_calls.Count >= limit)
            {
                return new InferenceStatus(StatusCode.ResourceExhausted, $"{limit} requests wait to be sent, as many as may; the server does not take them as fast as they come.");
            }

            _calls.Enqueue(call);
            _count = _calls.Count;
            isSender = TryBecomeSender();
            return InferenceStatus.Ok;
        }
    }

    /// <summary>An answer has come, and credit with it: perhaps another request can go.</summary>
    /// <returns>Whether the caller is the sender from now on.</returns>
    public bool AddCredit(long credit)
    {
        lock (_gate)
        {
            // Saturated: a window without bounds stays one.
            _credit = _credit > long.MaxValue - credit ? long.MaxValue : _credit + credit;
            return TryBecomeSender();
        }
    }

    /// <summary>Takes what goes next, for the sender: a frame, with its descriptor if it has one, or a request.</summary>
    public bool TryTake(out byte[]? frame, out SafeHandle? descriptor, out InferenceCall? call)
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
            _count = _calls.Count;
            return true;
        }
    }

    /// <summary>Pays for a request that was taken.</summary>
    public void Pay(long byteSize)
    {
        lock (_gate)
        {
            _credit = _credit == long.MaxValue ? _credit : _credit - byteSize;
        }
    }

    /// <summary>Ends a turn of the sender's.</summary>
    /// <returns>Whether there is more to send, and the caller the sender still.</returns>
    public bool TryGoOn()
    {
        lock (_gate)
        {
            _isSending = false;
            return TryBecomeSender();
        }
    }

    /// <summary>Takes no requests any more; those that wait are to be taken with <see cref="TryTakeRefused"/>.</summary>
    public void Refuse(in InferenceStatus reason)
    {
        lock (_gate)
        {
            _refusal = _refusal.IsOk ? reason : _refusal;
        }
    }

    /// <summary>Takes nothing any more.</summary>
    public void Close(in InferenceStatus reason)
    {
        lock (_gate)
        {
            _refusal = _refusal.IsOk ? reason : _refusal;
            _isClosed = true;
            _urgent.Clear();
        }
    }

    /// <summary>Takes a request that will not be sent, to be failed.</summary>
    public bool TryTakeRefused([NotNullWhen(true)] out InferenceCall? call)
    {
        lock (_gate)
        {
            var isThere = _calls.TryDequeue(out call);
            _count = _calls.Count;
            return isThere;
        }
    }

    private bool TryBecomeSender()
    {
        if (_isSending || _isClosed || (_urgent.Count == 0 && !CanSendCall))
        {
            return false;
        }

        _isSending = true;
        return true;
    }
}
