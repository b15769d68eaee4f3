using Camshaft.EngineBenchmark.Measuring;

namespace Camshaft.EngineBenchmark.Mixed;

/// <summary>One run of the mix.</summary>
/// <param name="P50">By model: the median of the latencies, in milliseconds from the moment when requests were due.</param>
/// <param name="P99">By model: the 99th percentile.</param>
/// <param name="Failed">How many requests were not answered.</param>
/// <param name="LatenessP99">How late one request in a hundred of the worst model was sent, in milliseconds.</param>
/// <param name="Processors">Who had the processors meanwhile.</param>
internal sealed record MixedRound(IReadOnlyList<double> P50, IReadOnlyList<double> P99, long Failed, double LatenessP99, ProcessorUse Processors);
