namespace Camshaft.Engine.Objectives;

/// <summary>How fast an error budget burns over one pair of windows.</summary>
/// <param name="Rule">The pair.</param>
/// <param name="LongRate">The burn rate over the long window.</param>
/// <param name="ShortRate">The burn rate over the short one.</param>
/// <param name="LongPeriod">What happened in the long one.</param>
/// <param name="IsMet">Whether both burn at the rule's factor or faster, and enough happened to judge.</param>
public sealed record BurnState(BurnRule Rule, double LongRate, double ShortRate, Period LongPeriod, bool IsMet);
