namespace Camshaft.Engine.Telemetry;

/// <summary>What a stage has taken so far, over all requests of one version of a model.</summary>
/// <param name="Count">How many requests passed the stage and succeeded.</param>
/// <param name="Sum">Their durations together.</param>
/// <param name="Median">The duration that half of them stayed below, to an eighth.</param>
/// <param name="Percentile99">The duration that 99 of 100 stayed below, to an eighth.</param>
public readonly record struct StageStatistics(long Count, TimeSpan Sum, TimeSpan Median, TimeSpan Percentile99);
