namespace Camshaft.GpuBenchmark.Reporting;

/// <summary>What became of one part.</summary>
/// <param name="Part">The part's name.</param>
/// <param name="Seconds">How long it took.</param>
/// <param name="Report">What it found; null = it did not come to its end.</param>
/// <param name="Failures">What went wrong; empty = nothing.</param>
internal sealed record PartResult(string Part, double Seconds, PartReport? Report, IReadOnlyList<string> Failures);
