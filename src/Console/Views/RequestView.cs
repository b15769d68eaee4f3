namespace Camshaft.LiveConsole.Views;

/// <summary>One request of the past.</summary>
/// <param name="Time">When it ended, in seconds since 1970.</param>
/// <param name="Code">How.</param>
/// <param name="Rows">How many rows it had.</param>
/// <param name="Total">How long it took, in milliseconds.</param>
internal sealed record RequestView(double Time, string Code, int Rows, double Total)
{
    /// <summary>Why it failed; null when it did not.</summary>
    public string? Message { get; init; }

    /// <summary>How long its stages took, in milliseconds, in their order.</summary>
    public IReadOnlyList<double> Stages { get; init; } = [];

    /// <summary>The trace that it belongs to; null = none.</summary>
    public string? Trace { get; init; }
}
