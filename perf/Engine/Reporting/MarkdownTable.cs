namespace Camshaft.EngineBenchmark.Reporting;

/// <summary>A table of a report.</summary>
/// <param name="Columns">The heads of its columns.</param>
internal sealed record MarkdownTable(params IReadOnlyList<string> Columns)
{
    private readonly List<IReadOnlyList<string>> _rows = [];

    /// <summary>Adds a row, one text for each column.</summary>
    public void Add(params IReadOnlyList<string> cells)
    {
        ArgumentOutOfRangeException.ThrowIfNotEqual(cells.Count, Columns.Count);
        _rows.Add(cells);
    }

    /// <summary>Writes it in Markdown.</summary>
    public void Write(TextWriter output)
    {
        WriteRow(output, Columns);
        WriteRow(output, [.. Columns.Select(static _ => "---")]);
        foreach (var row in _rows)
        {
            WriteRow(output, row);
        }
    }

    private static void WriteRow(TextWriter output, IReadOnlyList<string> cells) => output.WriteLine($"| {string.Join(" | ", cells)} |");
}
