using System.Diagnostics.Metrics;

namespace Camshaft.Engine.Telemetry.Metrics;

/// <summary>
/// The histograms that are recorded request by request while somebody listens, and cost a look at a flag otherwise. One for
/// the process, named as the meter of <see cref="EngineMeter"/>.
/// </summary>
internal static class StageInstruments
{
    private static readonly Meter Meter = new(EngineMeter.Name);

    private static readonly Histogram<double> Duration = Meter.CreateHistogram(
        MetricTable.RequestDuration.Name, MetricTable.RequestDuration.Unit, MetricTable.RequestDuration.Description, advice: new InstrumentAdvice<double> { HistogramBucketBoundaries = ReportedBuckets.Seconds });

    private static readonly Histogram<int> BatchSize = Meter.CreateHistogram(
        MetricTable.BatchSize.Name, MetricTable.BatchSize.Unit, MetricTable.BatchSize.Description, advice: new InstrumentAdvice<int> { HistogramBucketBoundaries = ReportedBuckets.Rows });

    private static readonly KeyValuePair<string, object?>[] Stages =
        [.. Enum.GetValues<RequestStage>().Select(static stage => new KeyValuePair<string, object?>("stage", StageName.Of(stage)))];

    public static bool WantsDurations => Duration.Enabled;

    public static bool WantsBatchSizes => BatchSize.Enabled;

    public static void RecordDuration(RequestStage stage, double seconds, KeyValuePair<string, object?> model, KeyValuePair<string, object?> version) =>
        Duration.Record(seconds, model, version, Stages[(int)stage]);

    public static void RecordBatchSize(int rows, KeyValuePair<string, object?> model, KeyValuePair<string, object?> version) => BatchSize.Record(rows, model, version);
}
