namespace Camshaft.Microbenchmarks.Budgets;

/// <summary>An operation that may take so many bytes of managed memory and no more: both the benchmark and the test of the budgets run it. One thread at a time.</summary>
public interface IBudgetedOperation : IAsyncDisposable
{
    /// <summary>Makes everything ready. Once.</summary>
    Task StartAsync();

    /// <summary>Does it so many times, one after the other.</summary>
    Task RunAsync(int times);
}
