using System.Text;
using System.Text.RegularExpressions;
using Camshaft.Engine.Alerts;
using Camshaft.Engine.Telemetry.Metrics;
using Camshaft.Server.Tests.Support;
using Camshaft.Testing;

namespace Camshaft.Server.Tests.Deployment;

/// <summary>The rules for Prometheus and the dashboard for Grafana ask for what there is, in a form that Prometheus understands.</summary>
public sealed partial class MonitoringFilesTests : IDisposable
{
    // What Prometheus adds.
    private static readonly string[] LabelsOfPrometheus = ["instance", "job", "le"];
    private static readonly string[] HistogramEndings = ["_bucket", "_sum", "_count"];

    private readonly TempDirectory _directory = new();

    public static TheoryData<string> Files => [MonitoringExpressions.Rules, MonitoringExpressions.Dashboard];

    public void Dispose() => _directory.Dispose();

    [Theory]
    [MemberData(nameof(Files))]
    public void Every_metric_and_label_that_is_asked_for_exists(string file)
    {
        var known = MetricTable.All.SelectMany(ListSeries).ToDictionary(static series => series.Name, static series => series.Labels, StringComparer.Ordinal);
        var asked = MonitoringExpressions.Of(file).SelectMany(static expression => Selector().Matches(expression)).ToList();

        Assert.NotEmpty(asked);
        Assert.All(asked, selector =>
        {
            Assert.True(known.TryGetValue(selector.Groups[1].Value, out var labels), $"There is no metric {selector.Groups[1].Value}.");
            Assert.All(Label().Matches(selector.Groups[2].Value), label => Assert.Contains(label.Groups[1].Value, labels!.Concat(LabelsOfPrometheus)));
        });
    }

    [Fact]
    public void Every_alert_is_explained() => Assert.All(AlertNames.All, static name =>
        Assert.Contains($"\n### {name}\n", RepositoryFile.Read("docs/alerts.md"), StringComparison.Ordinal));

    [Fact]
    public void Every_panel_has_a_place_of_its_own()
    {
        var panels = System.Text.Json.Nodes.JsonNode.Parse(RepositoryFile.Read(MonitoringExpressions.Dashboard))!["panels"]!.AsArray();
        var cells = panels.SelectMany(static panel =>
        {
            var place = panel!["gridPos"]!;
            return from row in Enumerable.Range((int)place["y"]!, (int)place["h"]!) from column in Enumerable.Range((int)place["x"]!, (int)place["w"]!) select (row, column);
        }).ToList();

        Assert.Equal(cells.Count, cells.Distinct().Count());
        Assert.All(cells, static cell => Assert.InRange(cell.column, 0, 23));
        Assert.Equal(panels.Count, panels.Select(static panel => (int)panel!["id"]!).Distinct().Count());
    }

    [Fact]
    public async Task Promtool_understands_the_rules_and_the_example()
    {
        await AssertRunsAsync("check", "rules", RepositoryFile.FindPath(MonitoringExpressions.Rules));
        await AssertRunsAsync("check", "config", "--syntax-only", RepositoryFile.FindPath("deploy/prometheus/prometheus.yaml"));
    }

    [Fact]
    public async Task Promtool_understands_every_expression_of_the_dashboard()
    {
        var rules = new StringBuilder("groups:\n- name: dashboard\n  rules:\n");
        foreach (var (index, expression) in MonitoringExpressions.Of(MonitoringExpressions.Dashboard).Index())
        {
            rules.Append($"  - record: panel:{index}\n    expr: '{MonitoringExpressions.Resolve(expression).Replace("'", "''", StringComparison.Ordinal)}'\n");
        }

        await AssertRunsAsync("check", "rules", _directory.Write("dashboard.yaml", Encoding.UTF8.GetBytes(rules.ToString())));
    }

    [Fact]
    public async Task Promtool_sees_every_rule_fire_for_what_it_is_about_and_for_nothing_else()
    {
        const string Labels = "instance=\"a:8002\",job=\"camshaft\"";
        var tests = $$"""
            rule_files: [ {{RepositoryFile.FindPath(MonitoringExpressions.Rules)}} ]
            evaluation_interval: 30s
            tests:
              - interval: 30s
                input_series:
                  - { series: 'up{{{Labels}}}', values: '0x60' }
                  - { series: 'camshaft_ready{{{Labels}}}', values: '0x60' }
                  - { series: 'camshaft_model_state{{{Labels}},model="bad",version="2",state="failed"}', values: '1x60' }
                  - { series: 'camshaft_plugin_state{{{Labels}},plugin="Alpha",state="failed"}', values: '1x60' }
                  - { series: 'camshaft_runs_abandoned{{{Labels}}}', values: '1x60' }
                  - { series: 'camshaft_gpu_failed{{{Labels}},device="cuda:0"}', values: '1x60' }
                  - { series: 'camshaft_gpu_memory_models_bytes{{{Labels}},device="cuda:0"}', values: '99x60' }
                  - { series: 'camshaft_gpu_memory_limit_bytes{{{Labels}},device="cuda:0"}', values: '100x60' }
                  - { series: 'camshaft_gpu_failed{{{Labels}},device="cuda:1"}', values: '0x60' }
                  - { series: 'camshaft_gpu_memory_models_bytes{{{Labels}},device="cuda:1"}', values: '99x60' }
                  - { series: 'camshaft_gpu_memory_limit_bytes{{{Labels}},device="cuda:1"}', values: '100x60' }
                  - { series: 'camshaft_queue_depth{{{Labels}},model="bad",version="1"}', values: '16x60' }
                  - { series: 'camshaft_queue_limit{{{Labels}},model="bad",version="1"}', values: '16x60' }
                  - { series: 'camshaft_memory_used_bytes{{{Labels}},pool="tensors"}', values: '99x60' }
                  - { series: 'camshaft_memory_limit_bytes{{{Labels}},pool="tensors"}', values: '100x60' }
                  - { series: 'camshaft_requests_total{{{Labels}},model="bad",version="1",code="ok"}', values: '0+90x60' }
                  - { series: 'camshaft_requests_total{{{Labels}},model="bad",version="1",code="internal"}', values: '0+10x60' }
                  - { series: 'camshaft_requests_untaken_total{{{Labels}},model="bad",version="1"}', values: '0+0x60' }
                  - { series: 'camshaft_requests_within_objective_total{{{Labels}},model="bad",version="1"}', values: '0+80x60' }
                  - { series: 'camshaft_slo_target_ratio{{{Labels}},model="bad",objective="latency"}', values: '0.99x60' }
                promql_expr_test:
                  - expr: count by (alertname, device, model, severity) (ALERTS{alertstate="firing"})
                    eval_time: 20m
                    exp_samples:
                      - { labels: '{alertname="CamshaftDown",severity="critical"}', value: 1 }
                      - { labels: '{alertname="CamshaftNotReady",severity="warning"}', value: 1 }
                      - { labels: '{alertname="CamshaftModelFailed",model="bad",severity="warning"}', value: 1 }
                      - { labels: '{alertname="CamshaftPluginFailed",severity="warning"}', value: 1 }
                      - { labels: '{alertname="CamshaftDeviceFailed",severity="critical"}', value: 1 }
                      - { labels: '{alertname="CamshaftDeviceFailed",device="cuda:0",severity="critical"}', value: 1 }
                      - { labels: '{alertname="CamshaftDeviceMemoryFull",device="cuda:1",severity="warning"}', value: 1 }
                      - { labels: '{alertname="CamshaftQueueFull",model="bad",severity="critical"}', value: 1 }
                      - { labels: '{alertname="CamshaftTensorMemoryFull",severity="warning"}', value: 1 }
                      - { labels: '{alertname="CamshaftErrorRateHigh",model="bad",severity="critical"}', value: 1 }
                      - { labels: '{alertname="CamshaftLatencyHigh",model="bad",severity="warning"}', value: 1 }
              - interval: 30s
                input_series:
                  - { series: 'up{{{Labels}}}', values: '1x60' }
                  - { series: 'camshaft_ready{{{Labels}}}', values: '1x60' }
                  - { series: 'camshaft_model_state{{{Labels}},model="good",version="2",state="ready"}', values: '1x60' }
                  - { series: 'camshaft_plugin_state{{{Labels}},plugin="Alpha",state="loaded"}', values: '1x60' }
                  - { series: 'camshaft_runs_abandoned{{{Labels}}}', values: '0x60' }
                  - { series: 'camshaft_gpu_failed{{{Labels}},device="cuda:0"}', values: '0x60' }
                  - { series: 'camshaft_gpu_memory_models_bytes{{{Labels}},device="cuda:0"}', values: '94x60' }
                  - { series: 'camshaft_gpu_memory_limit_bytes{{{Labels}},device="cuda:0"}', values: '100x60' }
                  - { series: 'camshaft_queue_depth{{{Labels}},model="cold",version="1"}', values: '0x60' }
                  - { series: 'camshaft_queue_limit{{{Labels}},model="cold",version="1"}', values: '0x60' }
                  - { series: 'camshaft_memory_used_bytes{{{Labels}},pool="tensors"}', values: '50x60' }
                  - { series: 'camshaft_memory_limit_bytes{{{Labels}},pool="tensors"}', values: '100x60' }
                  - { series: 'camshaft_requests_total{{{Labels}},model="good",version="1",code="ok"}', values: '0+1000x60' }
                  - { series: 'camshaft_requests_total{{{Labels}},model="good",version="1",code="invalid_argument"}', values: '0+1000x60' }
                  - { series: 'camshaft_requests_untaken_total{{{Labels}},model="good",version="1"}', values: '0+0x60' }
                  - { series: 'camshaft_requests_within_objective_total{{{Labels}},model="good",version="1"}', values: '0+995x60' }
                  - { series: 'camshaft_slo_target_ratio{{{Labels}},model="good",objective="latency"}', values: '0.99x60' }
                promql_expr_test:
                  - { expr: count(ALERTS) or vector(0), eval_time: 20m, exp_samples: [ { labels: '{}', value: 0 } ] }
            """;

        await AssertRunsAsync("test", "rules", _directory.Write("tests.yaml", Encoding.UTF8.GetBytes(tests)));
    }

    private static async Task AssertRunsAsync(params string[] arguments)
    {
        var (exitCode, output) = await InstalledProgram.RunAsync("promtool", arguments);

        Assert.True(exitCode == 0 && !output.Contains("FAILED", StringComparison.Ordinal), output);
    }

    private static IEnumerable<(string Name, string[] Labels)> ListSeries(MetricDefinition metric) => metric.Kind == MetricKind.Histogram
        ? HistogramEndings.Select(ending => (metric.PrometheusName + ending, metric.Labels))
        : [(metric.PrometheusName, metric.Labels)];

    [GeneratedRegex(@"\b(camshaft_[a-z0-9_]+)\b(?:\{([^}]*)\})?")]
    private static partial Regex Selector();

    [GeneratedRegex(@"(\w+)\s*(?:=~|!~|!=|=)")]
    private static partial Regex Label();
}
