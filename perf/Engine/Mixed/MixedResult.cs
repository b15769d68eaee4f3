using Camshaft.EngineBenchmark.Measuring;
using Camshaft.Load.Reporting;

namespace Camshaft.EngineBenchmark.Mixed;

/// <summary>What one contender's rounds brought.</summary>
internal sealed class MixedResult(string contender)
{
    private readonly List<MixedRound> _rounds = [];

    public string Contender => contender;

    public IReadOnlyList<MixedRound> Rounds => _rounds;

    /// <summary>The round in the middle by a figure.</summary>
    public double Median(Func<MixedRound, double> figure) => Statistics.Median(_rounds, figure);

    public void Add(RunReport report, ProcessorUse processors) => _rounds.Add(new MixedRound(
        [.. report.Models.Select(static model => model.Latency.P50)],
        [.. report.Models.Select(static model => model.Latency.P99)],
        report.Models.Sum(static model => model.Failed),
        report.Models.Max(static model => model.SendLateness.P99),
        processors));
}
