namespace Camshaft.GpuBenchmark.Reporting;

/// <summary>What one part found.</summary>
/// <param name="Title">Its title.</param>
/// <param name="Table">The figures.</param>
internal sealed record PartReport(string Title, FigureTable Table)
{
    /// <summary>What is to be known beside the table.</summary>
    public IReadOnlyList<string> Notes { get; init; } = [];

    /// <summary>What was to be reached.</summary>
    public IReadOnlyList<Target> Targets { get; init; } = [];

    /// <summary>What is wrong, not merely slow; empty = nothing.</summary>
    public IReadOnlyList<string> Faults { get; init; } = [];

    /// <summary>Writes it in Markdown.</summary>
    public void Write(TextWriter output)
    {
        output.WriteLine($"### {Title}");
        output.WriteLine();
        Table.ToMarkdown().Write(output);
        output.WriteLine();
        foreach (var note in Notes)
        {
            output.WriteLine($"- {note}");
        }

        if (Notes.Count > 0)
        {
            output.WriteLine();
        }
    }
}
