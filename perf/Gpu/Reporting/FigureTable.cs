using System.Globalization;

namespace Camshaft.GpuBenchmark.Reporting;

/// <summary>A table of figures and words, for people and for programs.</summary>
/// <param name="Columns">The heads of its columns.</param>
internal sealed record FigureTable(params IReadOnlyList<string> Columns)
{
    private readonly List<object[]> _rows = [];

    /// <summary>The rows, one text or number for each column.</summary>
    public IReadOnlyList<IReadOnlyList<object>> Rows => _rows;

    /// <summary>Adds a row: texts, whole numbers, and figures, which people see with about three digits.</summary>
    public void Add(params object[] cells)
    {
        ArgumentOutOfRangeException.ThrowIfNotEqual(cells.Length, Columns.Count);
        _rows.Add(cells);
    }

    /// <summary>The same for people.</summary>
    public MarkdownTable ToMarkdown()
    {
        var table = new MarkdownTable(Columns);
        foreach (var row in _rows)
        {
            table.Add([.. row.Select(Format)]);
        }

        return table;
    }

    private static string Format(object cell) => cell switch
    {
        double figure => Text.Number(figure),
        IFormattable number => number.ToString("N0", CultureInfo.InvariantCulture),
        _ => (string)cell,
    };
}
