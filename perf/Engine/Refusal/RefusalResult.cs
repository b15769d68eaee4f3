using Camshaft.Load.Reporting;

namespace Camshaft.EngineBenchmark.Refusal;

/// <summary>What became of requests that were too many.</summary>
/// <param name="What">Why they are refused.</param>
/// <param name="Requests">How many came.</param>
/// <param name="Refused">How many were refused.</param>
/// <param name="Time">How long that took.</param>
/// <param name="Errors">What they were told.</param>
/// <param name="OthersProcessors">How many processors other processes had meanwhile.</param>
internal sealed record RefusalResult(string What, long Requests, long Refused, LatencyReport Time, IReadOnlyList<ErrorReport> Errors, double OthersProcessors);
