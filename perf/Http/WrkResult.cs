namespace Camshaft.HttpBenchmark;

/// <summary>One run of wrk.</summary>
/// <param name="Requests">How many requests were answered.</param>
/// <param name="Microseconds">How long it took.</param>
/// <param name="Failures">How many were not, or not with success.</param>
/// <param name="P50">The median time of a request, in microseconds.</param>
/// <param name="P99">The time that one in a hundred exceeds, in microseconds.</param>
internal sealed record WrkResult(long Requests, long Microseconds, long Failures, long P50, long P99)
{
    /// <summary>Requests a second.</summary>
    public double Rate => Requests * 1e6 / Microseconds;
}
