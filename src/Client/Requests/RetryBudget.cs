namespace Camshaft.Client.Requests;

/// <summary>
/// Bounds how much retries add to the load of servers that are in trouble: each request that succeeds pays in a tenth of a retry, up to ten. Any thread.
/// </summary>
internal sealed class RetryBudget
{
    private const int Retry = 10;
    private const int Most = 10 * Retry;

    private int _left = Most;

    /// <summary>A request has succeeded.</summary>
    public void PayIn()
    {
        // Mostly full, and then only read.
        var left = Volatile.Read(ref _left);
        if (left < Most)
        {
            Interlocked.CompareExchange(ref _left, left + 1, left);
        }
    }

    /// <summary>Takes a retry, if there is one.</summary>
    public bool TryTake()
    {
        for (var left = Volatile.Read(ref _left); left >= Retry;)
        {
            var seen = Interlocked.CompareExchange(ref _left, left - Retry, left);
            if (seen == left)
            {
                return true;
            }

            left = seen;
        }

        return false;
    }
}
