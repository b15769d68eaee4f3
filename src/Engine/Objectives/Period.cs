namespace Camshaft.Engine.Objectives;

/// <summary>What happened to a model within a time.</summary>
/// <param name="Length">How long that was; zero when nothing is known yet.</param>
/// <param name="Totals">What happened.</param>
public readonly record struct Period(TimeSpan Length, ServiceTotals Totals);
