using System.Text;
using System.Text.Json.Nodes;
using Camshaft.Engine.Models;
using Camshaft.Server.CommandLine;
using Camshaft.Server.Tests.CommandLine;
using Camshaft.Server.Tests.Support;
using Camshaft.Testing;

namespace Camshaft.Server.Tests.Alerts;

/// <summary>Objectives and alerts of a real server, as clients and commands see them.</summary>
[Collection(CommandLineCollection.Name)]
public sealed class AlertEndpointTests : IAsyncLifetime
{
    private readonly TempDirectory _directory = new();
    private TestServer _server = null!;

    public async ValueTask InitializeAsync()
    {
        _directory.Write("simple/1/model.onnx", SampleModel.Read("simple"));
        _directory.Write("simple/model.yaml", "overload: serve\nslo: { latency: 1us, percentile: 99 }\n"u8.ToArray());
        _directory.Write("other/1/model.onnx", SampleModel.Read("simple"));
        _server = await TestServer.StartAsync(_directory.FullPath, static options =>
        {
            options.ModelControlMode = ModelControlMode.Explicit;
            options.LoadModels = ["*"];
            options.Alerts.IntervalSeconds = 1;
            options.Alerts.KeepFiringSeconds = 0;
        });
    }

    public async ValueTask DisposeAsync()
    {
        await _server.DisposeAsync();
        _directory.Dispose();
    }

    [Fact]
    public async Task What_the_endpoints_count_is_what_was_asked()
    {
        for (var i = 0; i < 30; i++)
        {
            await _server.Client.InferAsync("simple", SampleModel.SimpleInputs, binary: true);
        }

        await Eventually.TrueAsync(async () => (string)(await ReadObjectiveAsync("latency"))["state"]! == "burning_fast");
        var availability = await ReadObjectiveAsync("availability");
        var latency = await ReadObjectiveAsync("latency");

        Assert.Equal((30, 30, 1.0), ((long)availability["good"]!, (long)availability["total"]!, (double)availability["budget_left"]!));

        // No answer takes less than a microsecond.
        Assert.Equal((0, 30), ((long)latency["good"]!, (long)latency["total"]!));
    }

    [Fact]
    public async Task What_was_counted_stays_when_a_model_is_loaded_again()
    {
        for (var round = 0; round < 2; round++)
        {
            await _server.Client.InferAsync("simple", SampleModel.SimpleInputs, binary: true);
            await _server.Client.PostAsync("/v2/repository/models/simple/unload");
            await _server.Client.PostAsync("/v2/repository/models/simple/load");
        }

        await Eventually.TrueAsync(async () => (long)(await ReadObjectiveAsync("latency"))["total"]! == 2);
    }

    [Fact]
    public async Task A_latency_that_is_missed_is_an_alert_that_says_why()
    {
        for (var i = 0; i < 30; i++)
        {
            await _server.Client.InferAsync("simple", SampleModel.SimpleInputs, binary: true);
        }

        await Eventually.TrueAsync(async () => (await ReadAlertsAsync("active")).Any(static alert => (string)alert!["labels"]!["alertname"]! == "CamshaftSloFastBurn"));
        var alert = (await ReadAlertsAsync("active")).First(static alert => (string)alert!["labels"]!["alertname"]! == "CamshaftSloFastBurn")!;

        Assert.Equal(("firing", "simple", "latency"), ((string)alert["status"]!, (string)alert["labels"]!["model"]!, (string)alert["labels"]!["objective"]!));
        Assert.Contains("run", alert["causes"]!.AsArray().Select(static cause => (string)cause!["cause"]!));
        Assert.InRange(alert["causes"]!.AsArray().Where(static cause => cause!["mean_ms"] is not null).Sum(static cause => (double)cause!["share"]!), 0.9, 1.01);
    }

    [Fact]
    public async Task A_model_that_fails_is_an_alert_until_it_is_well()
    {
        _directory.Write("other/1/model.onnx", Encoding.UTF8.GetBytes("no model"));
        await _server.Client.PostAsync("/v2/repository/models/other/unload");
        await _server.Client.PostAsync("/v2/repository/models/other/load");
        await Eventually.TrueAsync(async () => (await ReadAlertsAsync("active")).Any(IsOther));
        Assert.Equal("critical", (string)(await ReadAlertsAsync("active")).First(IsOther)!["labels"]!["severity"]!);

        _directory.Write("other/1/model.onnx", SampleModel.Read("simple"));
        await _server.Client.PostAsync("/v2/repository/models/other/load");
        await Eventually.TrueAsync(async () => (await ReadAlertsAsync("resolved")).Any(IsOther));
        Assert.DoesNotContain(await ReadAlertsAsync("active"), IsOther);

        static bool IsOther(JsonNode? alert) => (string)alert!["labels"]!["alertname"]! == "CamshaftModelFailed" && (string)alert["labels"]!["model"]! == "other";
    }

    [Fact]
    public async Task Commands_show_objectives_and_alerts()
    {
        await _server.Client.InferAsync("simple", SampleModel.SimpleInputs, binary: true);
        await Eventually.TrueAsync(async () => (long)(await ReadObjectiveAsync("latency"))["total"]! == 1);
        var url = _server.Client.Address.ToString();

        var slo = await CommandRun.OfAsync("slo", "--url", url);
        Assert.Matches(@"simple +latency +broken +99 % within 0\.001 ms +0 %", slo.Output);
        var show = await CommandRun.OfAsync("models", "show", "simple", "--url", url);
        Assert.Matches(@"simple +availability +kept +99\.9 % +100 %", show.Output);
        Assert.Equal(0.001, (double)(await CommandRun.OfAsync("models", "show", "simple", "--url", url, "--output", "json")).Json["slo"]!["latency_ms"]!);
        var alerts = await CommandRun.OfAsync("alerts", "--url", url);
        Assert.Equal((CamshaftCommand.Success, "ALERT  STATE  SEVERITY  SINCE  WHAT"), (alerts.ExitCode, alerts.Output.Trim()));
    }

    private async Task<JsonNode> ReadObjectiveAsync(string kind)
    {
        var models = (await _server.Client.GetAsync("/v2/slo")).Body!["models"]!.AsArray();
        return models.Count == 0
            ? new JsonObject { ["total"] = -1L, ["state"] = "" }
            : Assert.Single(models)!["objectives"]!.AsArray().Single(objective => (string)objective!["objective"]! == kind)!;
    }

    private async Task<JsonArray> ReadAlertsAsync(string which) => (await _server.Client.GetAsync("/v2/alerts")).Body![which]!.AsArray();
}
