using System.Globalization;
using Camshaft.Engine.Telemetry;
using Camshaft.Engine.Telemetry.Metrics;
using Camshaft.Engine.Telemetry.Snapshots;

namespace Camshaft.Transport.Metrics;

/// <summary>Writes Camshaft's own metrics: the table's, and the histograms out of the recorders.</summary>
internal static class CamshaftFamilies
{
    // The place of each reported bound among the buckets in which latencies are counted; it is a bound of these.
    private static readonly int[] Places = [.. ReportedBuckets.Seconds.Select(static seconds => LatencyBuckets.GetBucket((long)Math.Round(seconds * 1e9)))];

    private static readonly RequestStage[] Stages = Enum.GetValues<RequestStage>();

    public static async Task WriteAsync(PrometheusWriter writer, EngineSnapshot snapshot)
    {
        foreach (var metric in MetricTable.All)
        {
            if (metric == MetricTable.RequestDuration)
            {
                await WriteDurationsAsync(writer, metric, snapshot).ConfigureAwait(false);
            }
            else if (metric == MetricTable.BatchSize)
            {
                await WriteBatchSizesAsync(writer, metric, snapshot).ConfigureAwait(false);
            }
            else
            {
                await WriteAsync(writer, metric, snapshot).ConfigureAwait(false);
            }
        }
    }

    private static async Task WriteAsync(PrometheusWriter writer, MetricDefinition metric, EngineSnapshot snapshot)
    {
        var ending = metric.Kind == MetricKind.Counter ? "_total" : "";
        writer.BeginFamily(metric.PrometheusFamily, metric.Kind == MetricKind.Counter ? "counter" : "gauge", metric.Description + ".", ending);
        foreach (var sample in metric.Read(snapshot))
        {
            writer.WriteSample(metric.PrometheusFamily, ending, metric.Labels, sample.Labels, sample.Value);
            await writer.FlushIfFullAsync().ConfigureAwait(false);
        }
    }

    private static async Task WriteDurationsAsync(PrometheusWriter writer, MetricDefinition metric, EngineSnapshot snapshot)
    {
        writer.BeginFamily(metric.PrometheusFamily, "histogram", metric.Description + ".");
        var distribution = new LatencyDistribution();
        foreach (var model in snapshot.Models.Where(static model => model.Counts.Successes > 0))
        {
            var version = model.Model.Number.ToString(CultureInfo.InvariantCulture);
            var slow = writer.IsOpenMetrics ? model.Model.Recorder.ReadSlowRequests() : [];
            foreach (var stage in Stages)
            {
                model.Model.Recorder.Read(stage, distribution);
                WriteDuration(writer, metric, [model.Model.ModelName, version, StageName.Of(stage)], distribution, stage, slow);
            }

            await writer.FlushIfFullAsync().ConfigureAwait(false);
        }
    }

    private static void WriteDuration(PrometheusWriter writer, MetricDefinition metric, ReadOnlySpan<string> labels, LatencyDistribution distribution, RequestStage stage, IReadOnlyList<RecordedRequest> slow)
    {
        long count = 0;
        var next = 0;
        double below = 0;
        for (var i = 0; i < Places.Length; i++)
        {
            for (; next <= Places[i]; next++)
            {
                count += distribution.Buckets[next];
            }

            var bound = ReportedBuckets.Seconds[i];
            writer.WriteSample(metric.PrometheusFamily, "_bucket", metric.Labels, labels, "le", bound, count, Find(slow, stage, below, bound));
            below = bound;
        }

        for (; next < distribution.Buckets.Length; next++)
        {
            count += distribution.Buckets[next];
        }

        writer.WriteSample(metric.PrometheusFamily, "_bucket", metric.Labels, labels, "le", double.PositiveInfinity, count, Find(slow, stage, below, double.PositiveInfinity));
        writer.WriteSample(metric.PrometheusFamily, "_sum", metric.Labels, labels, distribution.Sum.TotalSeconds);
        writer.WriteSample(metric.PrometheusFamily, "_count", metric.Labels, labels, count);
    }

    // The newest of the slow requests that fell into a range and belong to a trace.
    private static Exemplar? Find(IReadOnlyList<RecordedRequest> slow, RequestStage stage, double above, double upTo)
    {
        Exemplar? found = null;
        foreach (var request in slow)
        {
            var seconds = request.GetTime(stage).TotalSeconds;
            if (request.Trace.Exists && seconds > above && seconds <= upTo && (found is null || found.Value.Time < request.EndedAt))
            {
                found = new Exemplar(request.Trace, seconds, request.EndedAt);
            }
        }

        return found;
    }

    private static async Task WriteBatchSizesAsync(PrometheusWriter writer, MetricDefinition metric, EngineSnapshot snapshot)
    {
        writer.BeginFamily(metric.PrometheusFamily, "histogram", metric.Description + ".");
        foreach (var model in snapshot.Models.Where(static model => model.Counts.Executions > 0))
        {
            WriteBatchSizes(writer, metric, [model.Model.ModelName, model.Model.Number.ToString(CultureInfo.InvariantCulture)], model.Model.Recorder.ReadBatchSizes());
            await writer.FlushIfFullAsync().ConfigureAwait(false);
        }
    }

    private static void WriteBatchSizes(PrometheusWriter writer, MetricDefinition metric, ReadOnlySpan<string> labels, IReadOnlyList<BatchSizeCounts> sizes)
    {
        foreach (var bound in ReportedBuckets.Rows)
        {
            writer.WriteSample(metric.PrometheusFamily, "_bucket", metric.Labels, labels, "le", bound, sizes.Where(size => size.Rows <= bound).Sum(static size => size.Count));
        }

        var count = sizes.Sum(static size => size.Count);
        writer.WriteSample(metric.PrometheusFamily, "_bucket", metric.Labels, labels, "le", double.PositiveInfinity, count);
        writer.WriteSample(metric.PrometheusFamily, "_sum", metric.Labels, labels, sizes.Sum(static size => size.Count * size.Rows));
        writer.WriteSample(metric.PrometheusFamily, "_count", metric.Labels, labels, count);
    }
}
