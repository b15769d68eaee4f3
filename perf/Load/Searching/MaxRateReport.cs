using Camshaft.Load.Reporting;

namespace Camshaft.Load.Searching;

/// <summary>What a search found.</summary>
/// <param name="Factor">The highest factor on the plan's rates that kept every SLO; 0 when none did.</param>
/// <param name="MaxRates">The models' rates at it; empty when there is none.</param>
/// <param name="IsGeneratorLimit">Whether the generator was saturated in the lowest run that failed, so that the target may bear more.</param>
/// <param name="Steps">All runs, in their order.</param>
/// <param name="Best">The report of the run at <paramref name="Factor"/>; null when there is none.</param>
public sealed record MaxRateReport(double Factor, IReadOnlyList<ModelRate> MaxRates, bool IsGeneratorLimit, IReadOnlyList<MaxRateStep> Steps, RunReport? Best);
