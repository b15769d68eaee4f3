using System.Text.Json.Serialization;

namespace Camshaft.EngineBenchmark.Reporting;

/// <summary>What one part of the benchmark found.</summary>
/// <param name="Part">The part's name.</param>
/// <param name="Title">Its title.</param>
internal sealed record PartReport(string Part, string Title)
{
    /// <summary>The tables, for people.</summary>
    [JsonIgnore]
    public IReadOnlyList<MarkdownTable> Tables { get; init; } = [];

    /// <summary>What is to be known beside them.</summary>
    public IReadOnlyList<string> Notes { get; init; } = [];

    /// <summary>What was to be reached.</summary>
    public IReadOnlyList<Target> Targets { get; init; } = [];

    /// <summary>Every figure, for programs.</summary>
    public required object Figures { get; init; }

    /// <summary>Writes it in Markdown.</summary>
    public void Write(TextWriter output)
    {
        output.WriteLine($"### {Title}");
        output.WriteLine();
        foreach (var table in Tables)
        {
            table.Write(output);
            output.WriteLine();
        }

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
