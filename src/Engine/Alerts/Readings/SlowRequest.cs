namespace Camshaft.Engine.Alerts.Readings;

/// <summary>One request that may show what an alert is about.</summary>
/// <param name="TraceId">The trace that it belongs to, 32 hexadecimal digits.</param>
/// <param name="Duration">How long it took, from its head to its answer.</param>
/// <param name="LongestStage">The stage in which it was for the longest time.</param>
public sealed record SlowRequest(string TraceId, TimeSpan Duration, string LongestStage);
