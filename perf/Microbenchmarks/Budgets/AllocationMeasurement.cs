namespace Camshaft.Microbenchmarks.Budgets;

/// <summary>What an operation takes of managed memory on all threads, once it is warm. Nothing else may run in the process.</summary>
public static class AllocationMeasurement
{
    // Enough for the runtime to have compiled the path in its final form, and for every pool to be full.
    private const int WarmUpRounds = 8;

    // What an operation takes shows in every round; what the runtime and the engine's watches take once a second shows in some, since rounds are short.
    private const int Rounds = 30;
    private const int Operations = 500;

    /// <summary>Measures it.</summary>
    /// <returns>Whole bytes for each operation, in the best of some rounds: what comes to less than one byte is not an operation's.</returns>
    public static async Task<long> MeasureAsync(IBudgetedOperation operation)
    {
        for (var round = 0; round < WarmUpRounds; round++)
        {
            await operation.RunAsync(Operations).ConfigureAwait(false);
        }

        var least = long.MaxValue;
        for (var round = 0; round < Rounds; round++)
        {
            var before = GC.GetTotalAllocatedBytes(precise: true);
            await operation.RunAsync(Operations).ConfigureAwait(false);
            least = Math.Min(least, GC.GetTotalAllocatedBytes(precise: true) - before);
        }

        return least / Operations;
    }
}
