using Camshaft.Microbenchmarks.Budgets;

namespace Camshaft.Microbenchmarks.Tests;

/// <summary>What operations take of managed memory, against <c>perf/budgets.json</c>. Nothing else runs in this process meanwhile, since what counts is what all threads take.</summary>
public sealed class BudgetTests(ITestOutputHelper output)
{
    public static TheoryData<string> Names => [.. BudgetedOperations.Names];

    [Theory]
    [MemberData(nameof(Names))]
    public async Task An_operation_takes_no_more_managed_memory_than_its_budget(string name)
    {
        // On the thread pool as programs do, without a context of the test framework's, which takes memory for each continuation.
        var byteSize = await Task.Run(async () =>
        {
            await using var operation = BudgetedOperations.Create(name);
            await operation.StartAsync();
            return await AllocationMeasurement.MeasureAsync(operation);
        });

        output.WriteLine($"{name}: {byteSize} bytes.");
        var budget = BudgetFile.Read()[name];
        Assert.True(byteSize <= budget, $"{name} takes {byteSize} bytes of managed memory; perf/budgets.json allows {budget}.");
    }

    [Fact]
    public void Every_operation_has_a_budget_and_every_budget_an_operation() =>
        Assert.Equal(BudgetedOperations.Names, BudgetFile.Read().Keys.Order(StringComparer.Ordinal));

    [Fact]
    public async Task An_operation_that_takes_memory_is_found_out() =>
        Assert.InRange(await AllocationMeasurement.MeasureAsync(new WastefulOperation()), 24, 32);

    private sealed class WastefulOperation : IBudgetedOperation
    {
        private object? _waste;

        public Task StartAsync() => Task.CompletedTask;

        public Task RunAsync(int times)
        {
            for (var i = 0; i < times; i++)
            {
                Volatile.Write(ref _waste, new object());
            }

            return Task.CompletedTask;
        }

        public ValueTask DisposeAsync() => ValueTask.CompletedTask;
    }
}
