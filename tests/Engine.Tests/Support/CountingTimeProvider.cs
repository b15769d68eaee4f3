namespace Camshaft.Engine.Tests.Support;

/// <summary>The system's clock, counting how often a timer is set to go off.</summary>
internal sealed class CountingTimeProvider : TimeProvider
{
    private int _timersSet;

    public int TimersSet => Volatile.Read(ref _timersSet);

    public override ITimer CreateTimer(TimerCallback callback, object? state, TimeSpan dueTime, TimeSpan period)
    {
        Count(dueTime);
        return new CountedTimer(this, base.CreateTimer(callback, state, dueTime, period));
    }

    private void Count(TimeSpan dueTime)
    {
        if (dueTime != Timeout.InfiniteTimeSpan)
        {
            Interlocked.Increment(ref _timersSet);
        }
    }

    private sealed class CountedTimer(CountingTimeProvider owner, ITimer timer) : ITimer
    {
        public bool Change(TimeSpan dueTime, TimeSpan period)
        {
            owner.Count(dueTime);
            return timer.Change(dueTime, period);
        }

        public void Dispose() => timer.Dispose();

        public ValueTask DisposeAsync() => timer.DisposeAsync();
    }
}
