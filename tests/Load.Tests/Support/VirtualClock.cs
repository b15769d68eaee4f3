using Camshaft.Load.Running;

namespace Camshaft.Load.Tests.Support;

/// <summary>Time that passes only while the sending thread waits, from one event to the next. One thread: that of the one model of a run.</summary>
internal sealed class VirtualClock : IRunClock
{
    private readonly PriorityQueue<Action, long> _events = new();

    public long Now { get; private set; }

    public void Schedule(long time, Action action) => _events.Enqueue(action, time);

    public void WaitUntil(long time, CancellationToken cancellationToken)
    {
        while (TryRunNext(time))
        {
        }

        Now = Math.Max(Now, time);
    }

    public bool WaitForAnswers(InFlightCount inFlight, int atMost, long deadline, CancellationToken cancellationToken)
    {
        while (inFlight.Count > atMost)
        {
            if (!TryRunNext(deadline))
            {
                Now = Math.Max(Now, deadline);
                return false;
            }
        }

        return true;
    }

    private bool TryRunNext(long until)
    {
        if (!_events.TryPeek(out var action, out var time) || time > until)
        {
            return false;
        }

        _events.Dequeue();
        Now = Math.Max(Now, time);
        action();
        return true;
    }
}
