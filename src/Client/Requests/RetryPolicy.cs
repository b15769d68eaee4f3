using Camshaft.Backends;

namespace Camshaft.Client.Requests;

/// <summary>Decides whether a request is sent once more, and when: only where that does no harm, has a chance, and the budget allows it. Any thread.</summary>
internal sealed class RetryPolicy(int maxAttempts, RetryBudget budget)
{
    private static readonly TimeSpan FirstWait = TimeSpan.FromMilliseconds(10);

    public RetryBudget Budget { get; } = budget;

    /// <summary>Decides.</summary>
    /// <param name="end">How the last attempt ended.</param>
    /// <param name="attempts">How many there were.</param>
    /// <param name="left">How much time is left; null for any.</param>
    /// <param name="wait">How long to wait before the next one.</param>
    public bool TryAgain(in AttemptEnd end, int attempts, TimeSpan? left, out TimeSpan wait)
    {
        wait = TimeSpan.Zero;
        if (attempts >= maxAttempts || (end.Flags & AttemptFlags.Local) != 0)
        {
            return false;
        }

        // To go elsewhere with what no server has seen is no load on any.
        if ((end.Flags & (AttemptFlags.NotSent | AttemptFlags.OpenAgain)) != 0 && end.Status.RetryAfter is null)
        {
            return true;
        }

        var isSafe = end.Status.Code switch
        {
            StatusCode.Unavailable => end.Status.RetryAfter is not null || (end.Flags & AttemptFlags.NotBegun) != 0,
            StatusCode.ResourceExhausted => end.Status.RetryAfter is not null,
            _ => false,
        };
        wait = end.Status.RetryAfter ?? FirstWait * (1 << Math.Min(attempts, 8));
        return isSafe && (left is null || wait < left) && Budget.TryTake();
    }
}
