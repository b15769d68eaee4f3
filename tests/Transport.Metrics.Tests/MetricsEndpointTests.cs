using System.Net;
using Camshaft.Engine.Telemetry;
using Camshaft.Engine.Telemetry.Metrics;

namespace Camshaft.Transport.Metrics.Tests;

public sealed class MetricsEndpointTests
{
    [Fact]
    public async Task Requests_are_counted_by_their_own_and_by_Tritons_names()
    {
        await using var server = await MetricsServer.StartAsync();
        await server.RunAsync(5);
        await server.RunAsync(7);
        var lines = (await server.ReadAsync()).Split('\n');

        Assert.Contains("camshaft_requests_total{model=\"model\",version=\"1\",code=\"ok\"} 2", lines);
        Assert.Contains("camshaft_request_size_bytes_total{model=\"model\",version=\"1\",direction=\"in\"} 12", lines);
        Assert.Contains("camshaft_request_duration_seconds_count{model=\"model\",version=\"1\",stage=\"run\"} 2", lines);
        Assert.Contains("camshaft_request_duration_seconds_bucket{model=\"model\",version=\"1\",stage=\"total\",le=\"+Inf\"} 2", lines);
        Assert.Contains("camshaft_batch_size_bucket{model=\"model\",version=\"1\",le=\"1.0\"} 2", lines);
        Assert.Contains("nv_inference_request_success{model=\"model\",version=\"1\"} 2", lines);
        Assert.Contains("nv_inference_count{model=\"model\",version=\"1\"} 2", lines);
        Assert.Contains("nv_inference_exec_count{model=\"model\",version=\"1\"} 2", lines);
        Assert.Contains("nv_inference_request_failure{model=\"model\",version=\"1\",reason=\"BACKEND\"} 0", lines);
    }

    [Fact]
    public async Task A_model_that_failed_shows_its_state_and_has_no_series_of_Tritons()
    {
        await using var server = await MetricsServer.StartAsync();
        var text = await server.ReadAsync();

        Assert.Contains("camshaft_model_state{model=\"broken\",version=\"1\",state=\"failed\"} 1\n", text, StringComparison.Ordinal);
        Assert.Contains("camshaft_plugin_state{plugin=\"Sample\",state=\"loaded\"} 1\n", text, StringComparison.Ordinal);
        Assert.DoesNotContain("nv_inference_count{model=\"broken\"", text, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Buckets_only_grow_and_end_with_the_count()
    {
        await using var server = await MetricsServer.StartAsync();
        for (var i = 0; i < 50; i++)
        {
            await server.RunAsync(100);
        }

        var counts = (await server.ReadAsync()).Split('\n')
            .Where(static line => line.StartsWith("camshaft_request_duration_seconds_bucket", StringComparison.Ordinal) && line.Contains("stage=\"total\"", StringComparison.Ordinal))
            .Select(static line => long.Parse(line[(line.LastIndexOf(' ') + 1)..])).ToList();

        Assert.Equal(ReportedBuckets.Seconds.Count + 1, counts.Count);
        Assert.Equal(counts.Order(), counts);
        Assert.Equal(50, counts[^1]);
    }

    [Fact]
    public async Task OpenMetrics_names_a_trace_with_the_latency_of_its_request()
    {
        await using var server = await MetricsServer.StartAsync();
        await server.RunAsync(5, new TraceParent(0xabc, 1, IsSampled: true));
        var text = await server.ReadAsync("application/openmetrics-text; version=1.0.0");

        Assert.Contains("# {trace_id=\"00000000000000000000000000000abc\"} ", text, StringComparison.Ordinal);
        Assert.EndsWith("\n# EOF\n", text, StringComparison.Ordinal);
        Assert.Contains("# TYPE camshaft_requests counter\n", text, StringComparison.Ordinal);
        Assert.Contains("# TYPE nv_inference_count unknown\n", text, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Every_family_of_the_table_is_there()
    {
        await using var server = await MetricsServer.StartAsync();
        var text = await server.ReadAsync();

        Assert.All(MetricTable.All, metric => Assert.Contains($"# TYPE {metric.PrometheusName} ", text, StringComparison.Ordinal));
    }

    [Fact]
    public async Task Other_methods_are_refused()
    {
        await using var server = await MetricsServer.StartAsync();
        using var answer = await server.Client.PostAsync(new Uri("/metrics", UriKind.Relative), null);

        Assert.Equal(HttpStatusCode.MethodNotAllowed, answer.StatusCode);
        Assert.Equal("GET", string.Join(",", answer.Content.Headers.Allow));
    }
}
