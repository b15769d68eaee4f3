namespace Camshaft.Load.Reporting;

/// <summary>A point of a distribution.</summary>
/// <param name="Percentile">How many per cent of the durations are no longer, 0 to 100.</param>
/// <param name="Milliseconds">The duration.</param>
public sealed record PercentilePoint(double Percentile, double Milliseconds);
