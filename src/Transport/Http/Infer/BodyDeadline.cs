using Microsoft.AspNetCore.Http;

namespace Camshaft.Transport.Http.Infer;

/// <summary>
/// Until when a body must have arrived. Looked at whenever a part of it has: a sender that falls silent altogether is the
/// server's to find, by the least rate of a body.
/// </summary>
internal readonly struct BodyDeadline
{
    private readonly TimeProvider? _timeProvider;
    private readonly TimeSpan _timeout;
    private readonly long _started;

    /// <summary>Counts from now.</summary>
    /// <param name="timeProvider">The clock.</param>
    /// <param name="timeout">How long it may take; null = as long as it takes.</param>
    public BodyDeadline(TimeProvider timeProvider, TimeSpan? timeout)
    {
        if (timeout is { } limit)
        {
            _timeProvider = timeProvider;
            _timeout = limit;
            _started = timeProvider.GetTimestamp();
        }
    }

    /// <summary>What is left of the time; null = no limit.</summary>
    public TimeSpan? Remaining => _timeProvider is null ? null : _timeout - _timeProvider.GetElapsedTime(_started);

    /// <exception cref="BadHttpRequestException">The time is over.</exception>
    public void ThrowIfPassed()
    {
        if (Remaining <= TimeSpan.Zero)
        {
            throw new BadHttpRequestException($"The body did not arrive within {_timeout.TotalSeconds:0.###} s.", StatusCodes.Status408RequestTimeout);
        }
    }
}
