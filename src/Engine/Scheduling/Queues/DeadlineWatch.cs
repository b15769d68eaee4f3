using Camshaft.Engine.Inference;

namespace Camshaft.Engine.Scheduling.Queues;

/// <summary>
/// Watches the deadlines of requests: a wheel, and a timer for the earliest of them. A request that ends in time leaves the
/// timer as it is, so that a stream of quick requests with distant deadlines wakes nobody. Guarded by the scheduler's lock,
/// but for the timer's callback, which takes it.
/// </summary>
internal sealed class DeadlineWatch(TimeProvider timeProvider, TimerCallback onDue) : IDisposable
{
    private readonly DeadlineWheel _wheel = new(timeProvider);
    private readonly MomentTimer _timer = new(timeProvider, onDue);

    public void Add(InferenceRequest request)
    {
        if (request.Deadline != long.MaxValue)
        {
            _wheel.Add(request);
            _timer.WakeBy(request.Deadline);
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
            _timer.Forget();
            _timer.WakeBy(_wheel.FindEarliest());
        }

        return expired;
    }

    public void Dispose() => _timer.Dispose();
}
