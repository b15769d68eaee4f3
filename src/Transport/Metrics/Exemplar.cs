using Camshaft.Engine.Telemetry;

namespace Camshaft.Transport.Metrics;

/// <summary>A request that stands for those of a histogram's range, by its trace.</summary>
/// <param name="Trace">The trace.</param>
/// <param name="Seconds">What was counted.</param>
/// <param name="Time">When.</param>
internal readonly record struct Exemplar(TraceParent Trace, double Seconds, DateTimeOffset Time);
