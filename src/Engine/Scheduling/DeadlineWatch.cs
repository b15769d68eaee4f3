using Camshaft.Engine.Inference;

namespace Camshaft.Engine.Scheduling;

/// <summary>
/// Watches the deadlines of requests: a wheel, and a timer for the earliest of them. A request that ends in time leaves the
/// timer as it is, so that a stream of quick requests with distant deadlines wakes nobody. Guarded by the scheduler's lock,
/// but for the timer's callback, which takes it.
/// </summary>
internal sealed class DeadlineWatch(TimeProvider timeProvider, TimerCallback onDue) : IDisposable
{
    // Timers take no more than 49 days; a client may name any time.
    private static readonly TimeSpan LongestSleep = TimeSpan.FromHours(1);

    private readonly DeadlineWheel _wheel = new(timeProvider);
    private readonly ITimer _timer = timeProvider.CreateTimer(onDue, null, Timeout.InfiniteTimeSpan, Timeout.InfiniteTimeSpan);
    private long _due = long.MaxValue;

    public void Add(InferenceRequest request)
    {
        if (request.Deadline != long.MaxValue)
        {
            _wheel.Add(request);
            WakeBy(request.Deadline);
        }
    }

    public void Remove(InferenceRequest request)
    {
        if (request.WatchesDeadline)
        {
            _wheel.Remove(request);
        }
    }

    /// <summary>Takes one request whose deadline has passed off the watch; null when no more is due.</summary>
    public InferenceRequest? TakeExpired()
    {
        var expired = _wheel.TakeExpired(timeProvider.GetTimestamp());
        if (expired is null)
        {
            _due = long.MaxValue;
            WakeBy(_wheel.FindEarliest());
        }

        return expired;
    }

    public void Dispose() => _timer.Dispose();

    private void WakeBy(long deadline)
    {
        if (deadline >= _due)
        {
            return;
        }

        // A timer counts in whole milliseconds, and may not be early: nothing would be due then.
        _due = deadline;
        var delay = timeProvider.GetElapsedTime(timeProvider.GetTimestamp(), deadline) + DeadlineWheel.Resolution;
        _timer.Change(delay < DeadlineWheel.Resolution ? DeadlineWheel.Resolution : delay < LongestSleep ? delay : LongestSleep, Timeout.InfiniteTimeSpan);
    }
}
