namespace Camshaft.Engine.Scheduling.Queues;

/// <summary>
/// A timer for the earliest of the moments that it was told. Goes off once for it, on a thread of the timer's, and then knows
/// none. Guarded by the scheduler's lock, but for the callback, which takes it.
/// </summary>
internal sealed class MomentTimer(TimeProvider timeProvider, TimerCallback onDue) : IDisposable
{
    // Timers take no more than 49 days, and count in whole milliseconds.
    private static readonly TimeSpan LongestSleep = TimeSpan.FromHours(1);
    private static readonly TimeSpan Resolution = TimeSpan.FromMilliseconds(1);

    private readonly ITimer _timer = timeProvider.CreateTimer(onDue, null, Timeout.InfiniteTimeSpan, Timeout.InfiniteTimeSpan);
    private long _due = long.MaxValue;

    /// <summary>Goes off at a moment, or up to two milliseconds later, unless it does so before. An hour is the longest it sleeps.</summary>
    /// <param name="timestamp">In ticks of the clock; <see cref="long.MaxValue"/> = never.</param>
    public void WakeBy(long timestamp)
    {
        if (timestamp >= _due)
        {
            return;
        }

        _due = timestamp;
        var delay = timeProvider.GetElapsedTime(timeProvider.GetTimestamp(), timestamp);
        delay = TimeSpan.FromMilliseconds(Math.Ceiling(delay.TotalMilliseconds));
        _timer.Change(delay < Resolution ? Resolution : delay < LongestSleep ? delay : LongestSleep, Timeout.InfiniteTimeSpan);
    }

    /// <summary>Takes note that it has gone off, or that its moment no longer matters.</summary>
    public void Forget() => _due = long.MaxValue;

    public void Dispose() => _timer.Dispose();
}
