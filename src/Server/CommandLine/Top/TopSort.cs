namespace Camshaft.Server.CommandLine.Top;

/// <summary>An order of models, the most remarkable first, and the key that chooses it.</summary>
/// <param name="Name">As <c>--sort</c> names it.</param>
/// <param name="Key">The key.</param>
internal sealed record TopSort(string Name, char Key)
{
    private readonly Func<TopRow, double> _value = static _ => 0;

    /// <summary>Every order; the first is the default.</summary>
    public static IReadOnlyList<TopSort> All { get; } =
    [
        new("rate", 'r') { Value = static row => row.Rate },
        new("p99", '9') { Value = static row => row.P99 ?? -1 },
        new("p50", '5') { Value = static row => row.P50 ?? -1 },
        new("errors", 'e') { Value = static row => row.ErrorRate },
        new("queue", 'w') { Value = static row => row.Queue },
        new("memory", 'm') { Value = static row => row.Memory },
        new("name", 'n'),
    ];

    private Func<TopRow, double> Value
    {
        init => _value = value;
    }

    /// <summary>Finds an order by its name.</summary>
    public static TopSort Find(string name) => All.Single(sort => sort.Name == name);

    /// <summary>Puts rows into it; what is equal goes by name.</summary>
    public IEnumerable<TopRow> Apply(IEnumerable<TopRow> rows) =>
        rows.OrderByDescending(_value).ThenBy(static row => row.Name, StringComparer.Ordinal).ThenBy(static row => row.Version);
}
