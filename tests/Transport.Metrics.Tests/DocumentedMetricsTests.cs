using Camshaft.Engine.Telemetry.Metrics;
using Camshaft.Testing;
using Camshaft.Testing.Cuda;

namespace Camshaft.Transport.Metrics.Tests;

/// <summary>The page of the metrics says what the code says.</summary>
[Collection(GpuMetricsTests.Collection)]
public sealed class DocumentedMetricsTests
{
    private static readonly string Page = File.ReadAllText(Path.Combine(TestData.RepositoryRoot, "docs", "metrics.md"));

    [Fact]
    public void The_table_of_the_metrics_is_that_of_the_code()
    {
        var expected = string.Join('\n', MetricTable.All.Select(static metric =>
            $"| `{metric.PrometheusName}` | `{metric.Name}` | {metric.Kind.ToString().ToLowerInvariant()} | {metric.Unit.Trim('{', '}')} | {string.Join(", ", metric.Labels)} | {metric.Description} |"));

        Assert.True(Page.Contains(expected, StringComparison.Ordinal), $"docs/metrics.md lacks these rows, one after another:\n{expected}");
    }

    [Fact]
    public async Task Every_name_of_Tritons_is_in_the_documentation()
    {
        using var gpus = new SimulatedGpus(SimulatedGpus.Talkative);
        await using var server = await MetricsServer.StartAsync(gpus.Provider);
        await gpus.WaitForReadingAsync(0);
        await server.RunAsync(1);
        var names = (await server.ReadAsync()).Split('\n').Where(static line => line.StartsWith("# TYPE nv_", StringComparison.Ordinal)).Select(static line => line.Split(' ')[2]);

        Assert.All(names, static name => Assert.Contains($"| `{name}` |", Page, StringComparison.Ordinal));
    }

    [Fact]
    public void Every_bound_of_the_histograms_is_a_bound_of_the_counts() => Assert.All(ReportedBuckets.Seconds, static seconds =>
    {
        var nanoseconds = (long)Math.Round(seconds * 1e9);
        Assert.Equal(nanoseconds, Engine.Telemetry.LatencyBuckets.GetUpperBound(Engine.Telemetry.LatencyBuckets.GetBucket(nanoseconds)));
    });
}
