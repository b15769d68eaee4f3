namespace Camshaft.LiveConsole.Views;

/// <summary>An alert that fires.</summary>
/// <param name="Key">Tells it from all others.</param>
/// <param name="Severity">How soon somebody should look, in lower case.</param>
/// <param name="Summary">What is wrong, in a line.</param>
/// <param name="Description">What was met and what was expected.</param>
/// <param name="Since">Since when its condition holds, in seconds since 1970.</param>
internal sealed record AlertView(string Key, string Severity, string Summary, string Description, double Since)
{
    /// <summary>The model that it is about; null = none.</summary>
    public string? Model { get; init; }
}
