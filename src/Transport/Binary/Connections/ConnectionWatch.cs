using Camshaft.Backends;

namespace Camshaft.Transport.Binary.Connections;

/// <summary>
/// Notes when a connection's client last did something and says when that is too long ago. The receive loop and the sender
/// write, the timer of <see cref="OpenConnections"/> reads; a number that is a moment old does no harm.
/// </summary>
internal sealed class ConnectionWatch
{
    private readonly BinaryTransportOptions _options;
    private readonly TimeProvider _timeProvider;
    private readonly long _opened;
    private bool _hasHello;
    private long _lastFrame;

    // Of the frame that is arriving: how long it was waited for in all, since when it is now (0 = it is not), what has come.
    private long _waited;
    private long _waitsSince;
    private long _arrived;
    private bool _isAmidFrame;

    // Of what is to be taken by the client: since when (0 = nothing is), and how much.
    private long _sendsSince;
    private long _sending;

    public ConnectionWatch(BinaryTransportOptions options, TimeProvider timeProvider)
    {
        _options = options;
        _timeProvider = timeProvider;
        _opened = _lastFrame = timeProvider.GetTimestamp();
    }

    public void OnHello() => Volatile.Write(ref _hasHello, true);

    public void OnFrame()
    {
        Volatile.Write(ref _lastFrame, _timeProvider.GetTimestamp());
        Volatile.Write(ref _waited, 0);
        Volatile.Write(ref _arrived, 0);
    }

    /// <param name="isAmidFrame">Whether some of the frame is there.</param>
    public void BeginReceive(bool isAmidFrame)
    {
        Volatile.Write(ref _isAmidFrame, isAmidFrame);
        Volatile.Write(ref _waitsSince, _timeProvider.GetTimestamp());
    }

    public void EndReceive(long byteSize)
    {
        _arrived += byteSize;
        _waited += _timeProvider.GetTimestamp() - _waitsSince;
        Volatile.Write(ref _waitsSince, 0);
    }

    public void BeginSend(long byteSize)
    {
        Volatile.Write(ref _sending, byteSize);
        Volatile.Write(ref _sendsSince, _timeProvider.GetTimestamp());
    }

    public void EndSend()
    {
        Volatile.Write(ref _sendsSince, 0);
        Volatile.Write(ref _lastFrame, _timeProvider.GetTimestamp());
    }

    /// <summary>Whether the client takes what is sent to it so slowly that it is not to be waited for.</summary>
    public bool IsSendStalled()
    {
        var since = Volatile.Read(ref _sendsSince);
        var rate = _options.SendBytesPerSecond;
        return since != 0 && rate > 0 && _timeProvider.GetElapsedTime(since) > _options.StallTimeout + TimeSpan.FromSeconds((double)Volatile.Read(ref _sending) / rate);
    }

    /// <summary>Says why the connection is to end.</summary>
    /// <param name="isBusy">Whether requests are in flight.</param>
    /// <returns>Null = it goes on; a status of success stands for a silent client that did nothing wrong.</returns>
    public InferenceStatus? Check(bool isBusy)
    {
        if (!Volatile.Read(ref _hasHello) && _timeProvider.GetElapsedTime(_opened) > _options.HelloTimeout)
        {
            return new InferenceStatus(StatusCode.DeadlineExceeded, $"No hello came within {_options.HelloTimeout.TotalSeconds:0.###} s.");
        }

        var since = Volatile.Read(ref _waitsSince);
        if (since == 0)
        {
            return null;
        }

        if (Volatile.Read(ref _isAmidFrame))
        {
            var waited = _timeProvider.GetElapsedTime(since) + _timeProvider.GetElapsedTime(0, Volatile.Read(ref _waited));
            return waited > _options.StallTimeout && Volatile.Read(ref _arrived) < waited.TotalSeconds * _options.ReceiveBytesPerSecond
                ? new InferenceStatus(StatusCode.DeadlineExceeded, $"A frame arrives at less than {_options.ReceiveBytesPerSecond} bytes a second.")
                : null;
        }

        return !isBusy && Volatile.Read(ref _hasHello) && _timeProvider.GetElapsedTime(Volatile.Read(ref _lastFrame)) > _options.IdleTimeout ? InferenceStatus.Ok : null;
    }
}
