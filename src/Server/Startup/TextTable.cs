namespace Camshaft.Server.Startup;

/// <summary>Writes rows of text in columns as wide as their content; the last column is not padded.</summary>
internal sealed class TextTable(params string[] header)
{
    private const int Gap = 2;

    private readonly List<string[]> _rows = [header];

    /// <summary>Adds a row of as many cells as the header has.</summary>
    public void Add(params string[] cells)
    {
        ArgumentOutOfRangeException.ThrowIfNotEqual(cells.Length, header.Length);
        _rows.Add(cells);
    }

    /// <summary>Writes all rows, the header first.</summary>
    public void Write(TextWriter output)
    {
        var widths = Enumerable.Range(0, header.Length).Select(column => _rows.Max(row => row[column].Length)).ToArray();
        foreach (var row in _rows)
        {
            output.WriteLine(string.Concat(row.Select((cell, column) => cell.PadRight(widths[column] + Gap))).TrimEnd());
        }
    }
}
