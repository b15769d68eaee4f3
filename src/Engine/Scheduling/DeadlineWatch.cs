using Camshaft.Engine.Inference;

namespace Camshaft.Engine.Scheduling;

/// <summary>
/// Watches the deadlines of requests: a wheel, and a timer that turns it while there is something on it. Guarded by the
/// scheduler's lock, but for the timer's callback, which takes it.
/// </summary>
internal sealed class DeadlineWatch(TimeProvider timeProvider, TimerCallback onTick) : IDisposable
{
    private readonly DeadlineWheel _wheel = new(timeProvider);
    private readonly ITimer _timer = timeProvider.CreateTimer(onTick, null, Timeout.InfiniteTimeSpan, Timeout.InfiniteTimeSpan);
    private bool _isTurning;

    public void Add(InferenceRequest request)
    {
        if (request.Deadline == long.MaxValue)
        {
            return;
        }

        _wheel.Add(request);
        if (!_isTurning)
        {
            _isTurning = true;
            _timer.Change(DeadlineWheel.Resolution, DeadlineWheel.Resolution);
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
        if (expired is null && _wheel.Count == 0)
        {
            _isTurning = false;
            _timer.Change(Timeout.InfiniteTimeSpan, Timeout.InfiniteTimeSpan);
        }

        return expired;
    }

    public void Dispose() => _timer.Dispose();
}
