namespace Camshaft.Microbenchmarks.Budgets;

/// <summary>The operations that have a budget of managed memory, with the time that they take here.</summary>
[MemoryDiagnoser]
public class BudgetBenchmarks
{
    private const int Operations = 1000;

    private IBudgetedOperation _operation = null!;

    [ParamsSource(nameof(Names))]
    public string Operation { get; set; } = null!;

    public static IEnumerable<string> Names => BudgetedOperations.Names;

    [GlobalSetup]
    public Task SetUpAsync()
    {
        _operation = BudgetedOperations.Create(Operation);
        return _operation.StartAsync();
    }

    [GlobalCleanup]
    public async Task CleanUpAsync() => await _operation.DisposeAsync();

    [Benchmark(OperationsPerInvoke = Operations)]
    public Task Run() => _operation.RunAsync(Operations);
}
