using Camshaft.Backends;

namespace Camshaft.Engine.Models;

/// <summary>
/// Counts the runs that failed in the backend one after the other. One that fails <see cref="Limit"/> times in a row will fail again; clients learn that
/// sooner from a model that is not ready. Any thread.
/// </summary>
internal sealed class FailureStreak
{
    public const int Limit = 10;

    private int _count;

    /// <summary>Takes note of how a run ended.</summary>
    /// <returns>Whether the limit is reached with it: once in a row of failures.</returns>
    public bool IsReachedWith(StatusCode code)
    {
        if (code == StatusCode.Internal)
        {
            return Interlocked.Increment(ref _count) == Limit;
        }

        Volatile.Write(ref _count, 0);
        return false;
    }
}
