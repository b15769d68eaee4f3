namespace Camshaft.Load.Reporting;

/// <summary>How the generator itself fared.</summary>
/// <param name="ProcessorsUsed">How many processors this process kept busy, on average over the whole run.</param>
/// <param name="ProcessorCount">How many it may use.</param>
/// <param name="IsTargetInProcess">Whether the target's work is in <paramref name="ProcessorsUsed"/> too.</param>
/// <param name="Warnings">Why the figures say more of the generator than of the target; empty when nothing speaks for that.</param>
public sealed record GeneratorReport(double ProcessorsUsed, int ProcessorCount, bool IsTargetInProcess, IReadOnlyList<string> Warnings)
{
    /// <summary>Whether the generator was at its limit, or kept from its work by others on the machine.</summary>
    public bool IsSaturated => Warnings.Count > 0;
}
