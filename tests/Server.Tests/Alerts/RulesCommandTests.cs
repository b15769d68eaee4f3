using System.Text;
using Camshaft.Server.CommandLine;
using Camshaft.Server.Tests.CommandLine;
using Camshaft.Server.Tests.Support;
using Camshaft.Testing;

namespace Camshaft.Server.Tests.Alerts;

/// <summary>The rules that <c>camshaft slo rules</c> writes: what they hold, and what Prometheus' own tool says of them.</summary>
[Collection(CommandLineCollection.Name)]
public sealed class RulesCommandTests : IDisposable
{
    private const string Monthly = "slo: { latency: 20ms, percentile: 99, availability: 99.9, window: 30d }\n";

    private readonly TempDirectory _directory = new();

    private string Rules => Path.Combine(_directory.FullPath, "rules.yaml");

    public void Dispose() => _directory.Dispose();

    [Fact]
    public async Task Every_pair_of_windows_has_its_condition()
    {
        AddModel("m", Monthly);

        var text = (await CommandRun.OfAsync("slo", "rules", "--models", _directory.FullPath)).Output;

        foreach (var (window, factor) in new[] { ("1h", "14.4"), ("5m", "14.4"), ("6h", "6"), ("30m", "6"), ("1d", "3"), ("2h", "3"), ("3d", "1"), ("6h", "1") })
        {
            Assert.Contains($"camshaft:slo_errors:ratio_rate{window}{{model=\"m\",objective=\"latency\"}} > {factor} * 0.01\n", text, StringComparison.Ordinal);
            Assert.Contains($"camshaft:slo_errors:ratio_rate{window}{{model=\"m\",objective=\"availability\"}} > {factor} * 0.001\n", text, StringComparison.Ordinal);
        }
    }

    [Fact]
    public async Task Windows_that_Prometheus_is_too_slow_for_are_widened()
    {
        AddModel("m", "slo: { latency: 20ms, window: 1h }\n");

        var text = (await CommandRun.OfAsync("slo", "rules", "--models", _directory.FullPath, "--scrape-interval", "5")).Output;

        // Four readings of five seconds for the short window, twelve times as long for the long one.
        Assert.Contains("ratio_rate20s{", text, StringComparison.Ordinal);
        Assert.Contains("ratio_rate4m{", text, StringComparison.Ordinal);
        Assert.DoesNotContain("ratio_rate5s{", text, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_running_server_gives_the_rules_of_its_repository()
    {
        AddModel("simple", Monthly);
        await using var server = await TestServer.StartAsync(_directory.FullPath);
        await Eventually.TrueAsync(async () => (await server.Client.GetAsync("/v2/slo")).Body!["models"]!.AsArray().Count == 1);

        var fromServer = await CommandRun.OfAsync("slo", "rules", "--url", server.Client.Address.ToString());

        Assert.Equal((await CommandRun.OfAsync("slo", "rules", "--models", _directory.FullPath)).Output, fromServer.Output);
    }

    [Fact]
    public async Task Without_objectives_there_are_no_rules_and_a_reason()
    {
        AddModel("m", "");

        var run = await CommandRun.OfAsync("slo", "rules", "--models", _directory.FullPath);

        Assert.Equal(CamshaftCommand.Failure, run.ExitCode);
        Assert.Contains("No model has an objective", run.Error, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Promtool_finds_nothing_wrong_with_them()
    {
        AddModel("m", Monthly);
        AddModel("n.o-p", "slo: { latency: 1500us, percentile: 99.9, availability: 99.99, window: 90m }\n");
        await WriteRulesAsync();

        var (exitCode, output) = await InstalledProgram.RunAsync("promtool", "check", "rules", Rules);

        Assert.True(exitCode == 0, output);
        Assert.Contains("rules found", output, StringComparison.Ordinal);
    }

    // A budget of 1 %: of 1,000 requests each half minute 200 late ones burn it 20 times too fast, 40 four times, 5 not at all.
    [Fact]
    public async Task Promtool_sees_them_fire_as_the_server_would()
    {
        // Of twelve days the longest window is 1.2 d, which the tool has done in a second.
        AddModel("m", "slo: { latency: 20ms, percentile: 99, availability: 99.9, window: 12d }\n");
        await WriteRulesAsync();
        var tests = Path.Combine(_directory.FullPath, "tests.yaml");
        await File.WriteAllTextAsync(tests, $$"""
            rule_files: [ {{Rules}} ]
            evaluation_interval: 5m
            tests:
            {{Case("fast", late: 200, fast: true, slow: true)}}
            {{Case("slow", late: 40, fast: false, slow: true)}}
            {{Case("kept", late: 5, fast: false, slow: false)}}
            """);

        var (exitCode, output) = await InstalledProgram.RunAsync("promtool", "test", "rules", tests);

        Assert.True(exitCode == 0, output);
    }

    private static string Case(string name, int late, bool fast, bool slow)
    {
        var text = new StringBuilder();
        text.Append($"  - name: {name}\n    interval: 30s\n    input_series:\n");
        text.Append("      - { series: 'camshaft_requests_total{model=\"m\",version=\"1\",code=\"ok\"}', values: '0+1000x4200' }\n");
        text.Append($"      - {{ series: 'camshaft_requests_within_objective_total{{model=\"m\",version=\"1\"}}', values: '0+{1000 - late}x4200' }}\n");
        text.Append("      - { series: 'camshaft_requests_untaken_total{model=\"m\",version=\"1\"}', values: '0+0x4200' }\n");
        text.Append("    alert_rule_test:\n");
        AppendAlert(text, "CamshaftSloFastBurn", "critical", fast, late);
        AppendAlert(text, "CamshaftSloSlowBurn", "warning", slow, late);
        return text.ToString();
    }

    private static void AppendAlert(StringBuilder text, string name, string severity, bool fires, int late)
    {
        text.Append($"      - eval_time: 35h\n        alertname: {name}\n");
        if (fires)
        {
            text.Append($"        exp_alerts:\n          - exp_labels: {{ severity: {severity}, model: m, objective: latency }}\n");
            text.Append("            exp_annotations:\n              summary: The latency budget of model 'm' burns faster than it lasts.\n");
            text.Append($"              description: {late / 10}% of the requests fail the objective; 1 % may.\n");
        }
    }

    private async Task WriteRulesAsync() => await File.WriteAllTextAsync(Rules, (await CommandRun.OfAsync("slo", "rules", "--models", _directory.FullPath)).Output);

    private void AddModel(string name, string configuration)
    {
        _directory.Write($"{name}/1/model.onnx", SampleModel.Read("simple"));
        _directory.Write($"{name}/model.yaml", Encoding.UTF8.GetBytes(configuration));
    }
}
