using System.Text.Json;

namespace Camshaft.Microbenchmarks.Budgets;

/// <summary><c>perf/budgets.json</c>: how many bytes of managed memory each operation may take.</summary>
public static class BudgetFile
{
    /// <summary>Reads it.</summary>
    /// <returns>The bytes by the operation's name.</returns>
    public static IReadOnlyDictionary<string, long> Read()
    {
        using var file = File.OpenRead(Path.Combine(BenchmarkModel.Root, "perf", "budgets.json"));
        return JsonSerializer.Deserialize<Dictionary<string, long>>(file) ?? throw new InvalidDataException("perf/budgets.json holds nothing.");
    }
}
