using Camshaft.EngineBenchmark.Measuring;

namespace Camshaft.EngineBenchmark.Overload;

/// <summary>What one contender did with a case's arrivals.</summary>
/// <param name="Contender">Its name.</param>
/// <param name="InTime">By model: how many requests were answered within the objective.</param>
/// <param name="Requests">By model: how many there were.</param>
/// <param name="Errors">By model: how many were refused, dropped or given up.</param>
/// <param name="Processors">Who had the processors meanwhile.</param>
/// <param name="LatenessP99">How late one request in a hundred of the worst model was sent, in milliseconds.</param>
internal sealed record OverloadRun(
    string Contender, IReadOnlyList<long> InTime, IReadOnlyList<long> Requests, IReadOnlyList<long> Errors, ProcessorUse Processors, double LatenessP99)
{
    /// <summary>How many requests were answered in time.</summary>
    public long Count => InTime.Sum();

    /// <summary>The processor time that these are worth.</summary>
    public double GetSeconds(OverloadBound bound) => InTime.Select((count, model) => count * bound.GetPrice(model)).Sum();
}
