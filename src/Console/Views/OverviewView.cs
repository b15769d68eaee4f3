namespace Camshaft.LiveConsole.Views;

/// <summary>What the overview shows, or what of it has changed within a second.</summary>
/// <param name="IsFull">Whether it is all rows; otherwise those that have changed.</param>
/// <param name="ClosesColumn">Whether a column of the histories ends here: whoever draws them goes one on.</param>
/// <param name="System">The process.</param>
/// <param name="Rows">The models, by name and version.</param>
internal sealed record OverviewView(bool IsFull, bool ClosesColumn, SystemView System, IReadOnlyList<ModelRow> Rows)
{
    /// <summary>The alerts that fire, the most severe first.</summary>
    public IReadOnlyList<AlertView> Alerts { get; init; } = [];

    /// <summary>The keys of rows that are gone.</summary>
    public IReadOnlyList<string>? Removed { get; init; }

    /// <summary>The requests a second of rows that had any, by key, a number for each column; with all rows only.</summary>
    public IReadOnlyDictionary<string, float[]>? Rates { get; init; }

    /// <summary>The process's own histories; with all rows only.</summary>
    public SystemHistory? History { get; init; }
}
