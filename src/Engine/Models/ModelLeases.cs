namespace Camshaft.Engine.Models;

/// <summary>Counts who uses a version. Once closed it gives no more leases, and it is drained when the last one is back. Any thread.</summary>
internal sealed class ModelLeases
{
    private const int Closed = int.MinValue;

    private readonly TaskCompletionSource _drained = new(TaskCreationOptions.RunContinuationsAsynchronously);

    // The number of leases; shifted far below zero once closed.
    private int _count;

    /// <summary>Completes when it is closed and no lease is out.</summary>
    public Task Drained => _drained.Task;

    /// <summary>How many leases are out.</summary>
    public int Count => Volatile.Read(ref _count) & int.MaxValue;

    public bool TryAcquire()
    {
        var count = Volatile.Read(ref _count);
        while (count >= 0)
        {
            var seen = Interlocked.CompareExchange(ref _count, count + 1, count);
            if (seen == count)
            {
                return true;
            }

            count = seen;
        }

        return false;
    }

    public void Release()
    {
        if (Interlocked.Decrement(ref _count) == Closed)
        {
            _drained.TrySetResult();
        }
    }

    /// <summary>Gives no more leases. More than once does no harm.</summary>
    public void Close()
    {
        var count = Interlocked.Or(ref _count, Closed);
        if (count is 0 or Closed)
        {
            _drained.TrySetResult();
        }
    }
}
