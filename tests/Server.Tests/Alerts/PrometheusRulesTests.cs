using System.Net.Http.Json;
using System.Text;
using System.Text.Json.Nodes;
using Camshaft.Server.Tests.CommandLine;
using Camshaft.Server.Tests.Deployment;
using Camshaft.Server.Tests.Support;
using Camshaft.Testing;

namespace Camshaft.Server.Tests.Alerts;

/// <summary>A real Prometheus reads a real server, and judges the rules that are delivered and those that are written for its objectives.</summary>
[Collection(CommandLineCollection.Name)]
public sealed class PrometheusRulesTests : IAsyncLifetime
{
    private readonly TempDirectory _directory = new();

    private string Models => Path.Combine(_directory.FullPath, "models");

    public ValueTask InitializeAsync()
    {
        _directory.Write("models/simple/1/model.onnx", SampleModel.Read("simple"));
        _directory.Write("models/simple/model.yaml", "overload: serve\nslo: { latency: 1us, percentile: 99 }\n"u8.ToArray());
        _directory.Write("models/bad/1/model.onnx", "no model"u8.ToArray());
        return default;
    }

    public ValueTask DisposeAsync()
    {
        _directory.Dispose();
        return default;
    }

    [Fact]
    public async Task Prometheus_judges_the_rules_and_answers_the_dashboard()
    {
        await using var server = await TestServer.StartAsync(Models, static options => options.Alerts.IntervalSeconds = 1);
        await using var prometheus = await StartPrometheusAsync(server);
        using var client = new HttpClient { BaseAddress = prometheus.Address };

        // No answer takes less than a microsecond: the latency budget burns as fast as one can. Two readings with traffic
        // between them make a rate.
        await Eventually.TrueAsync(async () =>
        {
            await server.Client.InferAsync("simple", SampleModel.SimpleInputs, binary: true);
            var firing = await ListFiringAsync(client);
            return firing.Contains(("CamshaftModelFailed", "bad")) && firing.Contains(("CamshaftSloFastBurn", "simple")) && firing.Contains(("CamshaftSloSlowBurn", "simple"));
        });

        var rules = (await client.GetFromJsonAsync<JsonObject>("api/v1/rules"))!["data"]!["groups"]!.AsArray().SelectMany(static group => group!["rules"]!.AsArray()).ToList();
        Assert.True(rules.Count > 20);
        Assert.All(rules, static rule => Assert.True((string)rule!["health"]! != "err", rule.ToJsonString()));
        foreach (var expression in MonitoringExpressions.Of(MonitoringExpressions.Dashboard))
        {
            using var answer = await client.GetAsync($"api/v1/query?query={Uri.EscapeDataString(MonitoringExpressions.Resolve(expression))}");
            Assert.True(answer.IsSuccessStatusCode, $"{expression}: {await answer.Content.ReadAsStringAsync()}");
        }

        Assert.Equal(1, await QueryAsync(client, "count(camshaft_slo_budget_left_ratio{model=\"simple\",objective=\"latency\"} < 0)"));
        Assert.Equal(0.99, await QueryAsync(client, "camshaft_slo_target_ratio{model=\"simple\",objective=\"latency\"}"));
        Assert.Equal(100, await QueryAsync(client, "camshaft_slo_burn_rate{model=\"simple\",objective=\"latency\",window=\"60\"}"), 1e-6);
        Assert.Equal(1, await QueryAsync(client, "camshaft_alerts_active{alert=\"CamshaftModelFailed\",severity=\"critical\",state=\"firing\"}"));
    }

    // While it starts it answers 503.
    private static async Task<List<(string Alert, string Model)>> ListFiringAsync(HttpClient client)
    {
        using var answer = await client.GetAsync("api/v1/alerts");
        return answer.IsSuccessStatusCode
            ? [.. (await answer.Content.ReadFromJsonAsync<JsonObject>())!["data"]!["alerts"]!.AsArray()
                .Where(static alert => (string)alert!["state"]! == "firing")
                .Select(static alert => ((string)alert!["labels"]!["alertname"]!, (string?)alert["labels"]!["model"] ?? ""))]
            : [];
    }

    private static async Task<double> QueryAsync(HttpClient client, string expression)
    {
        var answer = await client.GetFromJsonAsync<JsonObject>($"api/v1/query?query={Uri.EscapeDataString(expression)}");
        return double.Parse((string)Assert.Single(answer!["data"]!["result"]!.AsArray())!["value"]![1]!, System.Globalization.CultureInfo.InvariantCulture);
    }

    private async Task<MonitoringProcess> StartPrometheusAsync(TestServer server)
    {
        _directory.Write("slo.yaml", Encoding.UTF8.GetBytes((await CommandRun.OfAsync("slo", "rules", "--models", Models, "--scrape-interval", "1")).Output));
        _directory.Write("prometheus.yaml", Encoding.UTF8.GetBytes($$"""
            global: { scrape_interval: 1s, scrape_timeout: 1s, evaluation_interval: 1s }
            rule_files: [ {{RepositoryFile.FindPath(MonitoringExpressions.Rules)}}, slo.yaml ]
            scrape_configs: [ { job_name: camshaft, static_configs: [ { targets: [ "{{server.MetricsAddress.Authority}}" ] } ] } ]
            """));
        return await MonitoringProcess.StartAsync(
            "prometheus", $"--config.file={Path.Combine(_directory.FullPath, "prometheus.yaml")}", $"--storage.tsdb.path={Path.Combine(_directory.FullPath, "data")}");
    }
}
