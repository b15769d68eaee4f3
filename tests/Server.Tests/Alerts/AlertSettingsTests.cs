using System.Text;
using Camshaft.Engine.Alerts;
using Camshaft.Server.Configuration;
using Camshaft.Testing;

namespace Camshaft.Server.Tests.Alerts;

/// <summary>The section <c>alerts</c> of <c>camshaft.json</c>: what it makes, and what it refuses.</summary>
public sealed class AlertSettingsTests : IDisposable
{
    private const string Secret = "whsec_MDEyMzQ1Njc4OWFiY2RlZjAxMjM0NTY3";

    private readonly TempDirectory _directory = new();

    public void Dispose() => _directory.Dispose();

    [Fact]
    public void Everything_that_is_said_is_heard()
    {
        _directory.Write("hook.secret", Encoding.ASCII.GetBytes(Secret + "\n"));
        _directory.Write("token", "abc\n"u8.ToArray());
        var options = Load("""
            { "alerts": {
                "intervalSeconds": 1, "labels": { "site": "north" }, "latency": { "milliseconds": 2.5, "percentile": 90, "forSeconds": 5 }, "pluginFailed": { "enabled": false },
                "webhooks": { "pager": { "url": "https://pager.example/hook", "secretFile": "hook.secret", "minimumSeverity": "critical", "alerts": ["CamshaftQueueFull"] } },
                "alertmanagers": { "one": { "url": "http://am:9093", "resendSeconds": 30, "tokenFile": "token" } } } }
            """);
        var watched = options.ToAlertOptions();
        var told = options.ToDeliveryOptions();

        Assert.Equal((TimeSpan.FromSeconds(1), "north", TimeSpan.FromMilliseconds(2.5)), (watched.Interval, watched.Labels["site"], watched.Latency.Threshold!.Value));
        Assert.Equal((90, TimeSpan.FromSeconds(5), false, true), (watched.Latency.Percentile, watched.Latency.For, watched.PluginFailed.IsEnabled, watched.ModelFailed.IsEnabled));
        var webhook = Assert.Single(told.Webhooks);
        Assert.Equal("0123456789abcdef01234567", Encoding.ASCII.GetString(webhook.Secret!.Value.Span));
        Assert.Equal((AlertSeverity.Critical, AlertNames.QueueFull), (webhook.Filter.MinimumSeverity, Assert.Single(webhook.Filter.Names)));
        var alertmanager = Assert.Single(told.Alertmanagers);
        Assert.Equal((TimeSpan.FromSeconds(30), "Bearer abc"), (alertmanager.ResendInterval, alertmanager.Authorization!.ToString()));
    }

    [Theory]
    [InlineData("""{ "labels": { "9a": "x" } }""", "'9a' in alerts.labels is no name for a label")]
    [InlineData("""{ "labels": { "severity": "x" } }""", "'severity' in alerts.labels is no name for a label")]
    [InlineData("""{ "webhooks": { "a": { "url": "ftp://x" } } }""", "alerts.webhooks.a.url is no address")]
    [InlineData("""{ "webhooks": { "a": { "timeoutSeconds": 5 } } }""", "alerts.webhooks.a.url is no address")]
    [InlineData("""{ "webhooks": { "a": { "url": "http://user:secret@x" } } }""", "without a name or password in it")]
    [InlineData("""{ "webhooks": { "a": { "url": "http://x", "secret": "short" } } }""", "The secret of alerts.webhooks.a is not usable")]
    [InlineData("""{ "webhooks": { "a": { "url": "http://x", "secretFile": "nowhere" } } }""", "alerts.webhooks.a.secretFile cannot be read")]
    [InlineData("""{ "webhooks": { "a": { "url": "http://x", "alerts": ["Fire"] } } }""", "names 'Fire', which is no alert; expected some of CamshaftSloFastBurn")]
    [InlineData("""{ "webhooks": { "a": { "url": "http://x", "timeoutSeconds": 0 } } }""", "alerts.webhooks.a.timeoutSeconds is 0; expected 1 to 300")]
    [InlineData("""{ "alertmanagers": { "a": { "url": "http://x", "resendSeconds": 0 } } }""", "alerts.alertmanagers.a.resendSeconds is 0; expected 1 to 3600")]
    [InlineData("""{ "queueFull": { "percent": 0 } }""", "Percent")]
    [InlineData("""{ "fire": true }""", "unknown setting 'alerts:fire'; expected one of enabled, intervalSeconds")]
    public void What_makes_no_sense_is_refused_by_its_name(string section, string message) => Assert.Contains(
        message,
        Assert.Throws<ConfigurationException>(() =>
        {
            var alerts = Load($$"""{ "alerts": {{section}} }""");
            alerts.ToAlertOptions();
            alerts.ToDeliveryOptions();
        }).Message,
        StringComparison.Ordinal);

    private Configuration.Alerts.AlertsSection Load(string json)
    {
        _directory.Write(ServerConfiguration.FileName, Encoding.UTF8.GetBytes(json));
        return ServerConfiguration.Load(_directory.FullPath, filePath: null, []).Alerts;
    }
}
