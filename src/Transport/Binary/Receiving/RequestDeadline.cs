using Camshaft.Backends;
using Camshaft.Engine.Inference;

namespace Camshaft.Transport.Binary.Receiving;

/// <summary>Until when a request must be over: the client's own time or the server's, whichever ends first, from the frame's head on.</summary>
internal readonly struct RequestDeadline
{
    private readonly TimeProvider _timeProvider;
    private readonly TimeSpan _timeout;
    private readonly long _started;

    /// <summary>Counts from now.</summary>
    /// <param name="timeProvider">The clock.</param>
    /// <param name="clientMicroseconds">What the client says; 0 = nothing.</param>
    /// <param name="limit">What the server allows; null = anything.</param>
    public RequestDeadline(TimeProvider timeProvider, long clientMicroseconds, TimeSpan? limit)
    {
        _timeProvider = timeProvider;
        _started = timeProvider.GetTimestamp();

        // A time that no clock will reach is none.
        var client = clientMicroseconds is <= 0 or > long.MaxValue / TimeSpan.TicksPerMicrosecond ? TimeSpan.MaxValue : TimeSpan.FromMicroseconds(clientMicroseconds);
        _timeout = limit < client ? limit.Value : client;
    }

    /// <summary>Whether there is one at all.</summary>
    public bool IsSet => _timeout != TimeSpan.MaxValue;

    /// <summary>What is left, possibly less than nothing.</summary>
    public TimeSpan Remaining => IsSet ? _timeout - _timeProvider.GetElapsedTime(_started) : TimeSpan.MaxValue;

    public bool HasPassed => Remaining <= TimeSpan.Zero;

    /// <summary>Hands what is left to a request that is about to run.</summary>
    /// <returns>Success, or that nothing is left.</returns>
    public InferenceStatus Apply(InferenceRequest request)
    {
        if (IsSet)
        {
            var remaining = Remaining;
            if (remaining <= TimeSpan.Zero)
            {
                return CreateStatus(request);
            }

            request.SetTimeout(remaining);
        }

        return InferenceStatus.Ok;
    }

    /// <summary>What a request is told that is too late before it could run.</summary>
    public static InferenceStatus CreateStatus(InferenceRequest request) =>
        new(StatusCode.DeadlineExceeded, $"{request.Model}: the request's deadline passed before all of it had arrived.");
}
