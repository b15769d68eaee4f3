namespace Camshaft.Microbenchmarks.Budgets;

/// <summary>Prints what each operation takes beside what it may.</summary>
internal static class BudgetTable
{
    public static async Task PrintAsync()
    {
        var budgets = BudgetFile.Read();
        Console.WriteLine($"{"operation",-24} {"bytes",8} {"budget",8}");
        foreach (var name in BudgetedOperations.Names)
        {
            await using var operation = BudgetedOperations.Create(name);
            await operation.StartAsync().ConfigureAwait(false);
            var byteSize = await AllocationMeasurement.MeasureAsync(operation).ConfigureAwait(false);
            Console.WriteLine($"{name,-24} {byteSize,8} {(budgets.TryGetValue(name, out var budget) ? budget : "none"),8}");
        }
    }
}
