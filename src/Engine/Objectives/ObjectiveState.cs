namespace Camshaft.Engine.Objectives;

/// <summary>Where one promise of a model's objective stands. Immutable.</summary>
/// <param name="Kind">Which.</param>
/// <param name="Target">How many of a hundred are to keep it.</param>
/// <param name="Tally">What counted within the window so far.</param>
/// <param name="Burns">How fast the budget burns, the fastest pair first.</param>
public sealed record ObjectiveState(ObjectiveKind Kind, double Target, ObjectiveTally Tally, IReadOnlyList<BurnState> Burns)
{
    /// <summary>What is left of the error budget over the window: 1 = all, 0 = nothing, below 0 = overspent.</summary>
    public double BudgetLeft => Tally.GetBudgetLeft(Target);

    /// <summary>The burn rate over the shortest long window: what happens now.</summary>
    public double BurnRate => Burns[0].LongRate;

    /// <summary>How it is: the one word for it.</summary>
    public ObjectiveHealth Health => Burns.Any(static burn => burn is { IsMet: true, Rule.IsFast: true }) ? ObjectiveHealth.BurningFast
        : Burns.Any(static burn => burn.IsMet) ? ObjectiveHealth.Burning
        : BudgetLeft < 0 ? ObjectiveHealth.Broken
        : ObjectiveHealth.Kept;
}
