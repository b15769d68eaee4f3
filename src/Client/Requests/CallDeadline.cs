namespace Camshaft.Client.Requests;

/// <summary>
/// By when a request must be over, and the timer that tells; both serve the next request as well. A timer that was stopped may be heard of once more: by
/// then the time is that of another request, so that whoever is told looks again whether it <see cref="HasPassed"/>, under the request's lock. The time is
/// set under that lock; any thread reads it.
/// </summary>
/// <param name="timeProvider">The client's clock.</param>
/// <param name="onPassed">Told when the time is over.</param>
internal sealed class CallDeadline(TimeProvider timeProvider, Action onPassed)
{
    private ITimer? _timer;
    private long _timestamp;

    /// <summary>How long the request may take; infinite for any time.</summary>
    public TimeSpan Timeout { get; private set; }

    /// <summary>What is left; null for any time.</summary>
    public TimeSpan? Left => Volatile.Read(ref _timestamp) is not 0 and var timestamp ? timeProvider.GetElapsedTime(timeProvider.GetTimestamp(), timestamp) : null;

    /// <summary>Whether nothing is left.</summary>
    public bool HasPassed => Left is { } left && left <= TimeSpan.Zero;

    /// <summary>Sets the time of a request.</summary>
    public void Set(long startedAt, TimeSpan timeout)
    {
        Timeout = timeout;
        Volatile.Write(ref _timestamp, timeout == System.Threading.Timeout.InfiniteTimeSpan ? 0 : startedAt + (long)(timeout.TotalSeconds * timeProvider.TimestampFrequency));
    }

    /// <summary>Begins to watch it.</summary>
    public void Start()
    {
        if (Timeout != System.Threading.Timeout.InfiniteTimeSpan)
        {
            _timer ??= timeProvider.CreateTimer(static state => ((CallDeadline)state!).OnTimer(), this, System.Threading.Timeout.InfiniteTimeSpan, System.Threading.Timeout.InfiniteTimeSpan);
            _timer.Change(Timeout, System.Threading.Timeout.InfiniteTimeSpan);
        }
    }

    /// <summary>The request is over.</summary>
    public void Stop() => _timer?.Change(System.Threading.Timeout.InfiniteTimeSpan, System.Threading.Timeout.InfiniteTimeSpan);

    private void OnTimer()
    {
        if (Left is not { } left)
        {
            return;
        }

        if (left > TimeSpan.Zero)
        {
            _timer!.Change(left + TimeSpan.FromMilliseconds(1), System.Threading.Timeout.InfiniteTimeSpan);
        }
        else
        {
            onPassed();
        }
    }
}
