namespace Camshaft.Load.Searching;

/// <summary>One run of a search.</summary>
/// <param name="Factor">What the plan's rates were multiplied by.</param>
/// <param name="Rates">The rates that came of it.</param>
/// <param name="Passed">Whether every model kept its SLO.</param>
/// <param name="Reasons">Why not.</param>
/// <param name="IsGeneratorSaturated">Whether the generator was at its limit.</param>
public sealed record MaxRateStep(double Factor, IReadOnlyList<ModelRate> Rates, bool Passed, IReadOnlyList<string> Reasons, bool IsGeneratorSaturated);
