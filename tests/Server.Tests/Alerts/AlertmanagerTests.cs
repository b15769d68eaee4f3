using System.Net.Http.Json;
using System.Text;
using System.Text.Json.Nodes;
using System.Threading.Channels;
using Camshaft.Engine.Models;
using Camshaft.Server.Configuration.Alerts;
using Camshaft.Server.Tests.Support;
using Camshaft.Testing;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.Extensions.Logging;

namespace Camshaft.Server.Tests.Alerts;

/// <summary>A real server and a real Alertmanager, which tells a webhook of ours what it makes of the server's alerts.</summary>
public sealed class AlertmanagerTests : IAsyncLifetime
{
    private readonly TempDirectory _directory = new();
    private readonly Channel<JsonNode> _notices = Channel.CreateUnbounded<JsonNode>();

    public ValueTask InitializeAsync()
    {
        _directory.Write("models/bad/1/model.onnx", Encoding.UTF8.GetBytes("no model"));
        return default;
    }

    public ValueTask DisposeAsync()
    {
        _directory.Dispose();
        return default;
    }

    [Fact]
    public async Task Alertmanager_takes_what_fires_and_what_is_resolved()
    {
        await using var receiver = await StartReceiverAsync();
        _directory.Write("alertmanager.yaml", Encoding.UTF8.GetBytes($$"""
            route: { receiver: hook, group_wait: 0s, group_interval: 1s, repeat_interval: 1h, group_by: [ '...' ] }
            receivers: [ { name: hook, webhook_configs: [ { url: '{{receiver.Urls.Single()}}', send_resolved: true } ] } ]
            """));
        await using var alertmanager = await MonitoringProcess.StartAsync(
            "prometheus-alertmanager",
            $"--config.file={Path.Combine(_directory.FullPath, "alertmanager.yaml")}",
            $"--storage.path={Path.Combine(_directory.FullPath, "data")}",
            "--cluster.listen-address=");
        await using var server = await TestServer.StartAsync(Path.Combine(_directory.FullPath, "models"), options =>
        {
            options.ModelControlMode = ModelControlMode.Explicit;
            options.LoadModels = ["*"];
            options.Alerts.IntervalSeconds = 1;
            options.Alerts.KeepFiringSeconds = 0;
            options.Alerts.Labels["site"] = "test";
            options.Alerts.Alertmanagers["am"] = new AlertmanagerSection { Url = alertmanager.Address.ToString(), ResendSeconds = 1 };
        });

        var firing = await TakeAsync();
        Assert.Equal(("firing", "CamshaftModelFailed", "bad", "critical", "test"), (
            (string)firing["status"]!, Label(firing, "alertname"), Label(firing, "model"), Label(firing, "severity"), Label(firing, "site")));
        using var client = new HttpClient { BaseAddress = alertmanager.Address };
        var listed = Assert.Single((await client.GetFromJsonAsync<JsonArray>("api/v2/alerts"))!)!;
        Assert.Equal("Model 'bad' version 1 has failed.", (string)listed["annotations"]!["summary"]!);

        _directory.Write("models/bad/1/model.onnx", SampleModel.Read("simple"));
        await server.Client.PostAsync("/v2/repository/models/bad/load");
        var resolved = await TakeAsync();
        Assert.Equal(("resolved", (string)firing["alerts"]![0]!["fingerprint"]!), ((string)resolved["status"]!, (string)resolved["alerts"]![0]!["fingerprint"]!));
        var route = Assert.Single((await server.Client.GetAsync("/v2/alerts")).Body!["routes"]!.AsArray())!;
        Assert.Equal(("am", "alertmanager", 0), ((string)route["name"]!, (string)route["kind"]!, (int)route["failed"]!));
    }

    private static string Label(JsonNode notice, string name) => (string)notice["alerts"]![0]!["labels"]![name]!;

    private async Task<JsonNode> TakeAsync()
    {
        using var timeout = new CancellationTokenSource(TimeSpan.FromSeconds(60));
        return await _notices.Reader.ReadAsync(timeout.Token);
    }

    private async Task<WebApplication> StartReceiverAsync()
    {
        var builder = WebApplication.CreateEmptyBuilder(new WebApplicationOptions());
        builder.Logging.SetMinimumLevel(LogLevel.None);
        builder.WebHost.UseKestrelCore().UseUrls("http://127.0.0.1:0");
        var application = builder.Build();
        application.Run(async context => await _notices.Writer.WriteAsync((await JsonNode.ParseAsync(context.Request.Body, cancellationToken: context.RequestAborted))!));
        await application.StartAsync();
        return application;
    }
}
