namespace Camshaft.Load.Running;

/// <summary>How many requests of a model are unanswered. Any thread; one thread waits.</summary>
internal sealed class InFlightCount
{
    // Of the old kind, since it is waited on.
    private readonly object _gate = new();
    private int _count;
    private bool _isAwaited;

    public int Count
    {
        get
        {
            lock (_gate)
            {
                return _count;
            }
        }
    }

    public void Enter()
    {
        lock (_gate)
        {
            _count++;
        }
    }

    public void Leave()
    {
        lock (_gate)
        {
            _count--;
            if (_isAwaited)
            {
                Monitor.Pulse(_gate);
            }
        }
    }

    /// <summary>Waits for answers, a while.</summary>
    /// <param name="atMost">How many may remain.</param>
    /// <param name="timeout">How long.</param>
    /// <returns>Whether no more remain.</returns>
    public bool Wait(int atMost, TimeSpan timeout)
    {
        lock (_gate)
        {
            if (_count > atMost && timeout > TimeSpan.Zero)
            {
                _isAwaited = true;
                Monitor.Wait(_gate, timeout);
                _isAwaited = false;
            }

            return _count <= atMost;
        }
    }
}
