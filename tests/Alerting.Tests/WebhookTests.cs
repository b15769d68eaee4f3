using System.Security.Cryptography;
using System.Text;
using Camshaft.Alerting.Tests.Support;
using Camshaft.Engine.Alerts;

namespace Camshaft.Alerting.Tests;

public sealed class WebhookTests
{
    [Fact]
    public async Task A_message_has_the_documented_form()
    {
        await using var receiver = await Receiver.StartAsync();
        await using var route = new RouteHarness(new WebhookOptions("pager", new Uri(receiver.Url, "/hook?x=1")));
        route.Publish(TestAlerts.Firing("<b>m</b>"));

        var message = await receiver.TakeAsync();
        var body = message.Json;
        Assert.Equal(("/hook", "application/json"), (message.Path, (string)message.Headers.ContentType!));
        Assert.Equal(("4", "firing", "pager", "https://camshaft.example/"), ((string)body["version"]!, (string)body["status"]!, (string)body["receiver"]!, (string)body["externalURL"]!));
        Assert.Equal("<b>m</b>", (string)body["commonLabels"]!["model"]!);
        var alert = Assert.Single(body["alerts"]!.AsArray())!;
        Assert.Equal(("firing", "00000000000000ff", "It burns."), ((string)alert["status"]!, (string)alert["fingerprint"]!, (string)alert["annotations"]!["summary"]!));
        Assert.Equal(("queue", 0.75, 30.0), ((string)alert["causes"]![0]!["cause"]!, (double)alert["causes"]![0]!["share"]!, (double)alert["causes"]![0]!["mean_ms"]!));
        Assert.Equal("0af7651916cd43dd8448eb211c80319c", (string)alert["examples"]![0]!["trace_id"]!);
        Assert.Equal(TestAlerts.Start, (DateTimeOffset)alert["startsAt"]!);
        Assert.Null(alert["endsAt"]);
        Assert.False(message.Headers.ContainsKey("webhook-signature"));
    }

    [Fact]
    public async Task Firing_and_resolved_are_told_once_each()
    {
        await using var receiver = await Receiver.StartAsync();
        await using var route = new RouteHarness(new WebhookOptions("pager", receiver.Url));
        route.Publish(TestAlerts.Firing());
        route.Route.Publish([], TestAlerts.Board(TestAlerts.Firing()));
        route.Publish(TestAlerts.Resolved());

        Assert.Equal("firing", (string)(await receiver.TakeAsync()).Json["status"]!);
        var resolved = (await receiver.TakeAsync()).Json;
        Assert.Equal(("resolved", TestAlerts.Start.AddMinutes(1)), ((string)resolved["status"]!, (DateTimeOffset)resolved["alerts"]![0]!["endsAt"]!));
        await route.WaitAsync(static status => status.Sent == 2);
        Assert.Equal(0, receiver.Waiting);
    }

    [Fact]
    public async Task With_a_secret_every_message_is_signed()
    {
        var secret = Encoding.UTF8.GetBytes("0123456789abcdef01234567");
        await using var receiver = await Receiver.StartAsync();
        await using var route = new RouteHarness(new WebhookOptions("pager", receiver.Url) { Secret = secret });
        route.Publish(TestAlerts.Firing());

        var message = await receiver.TakeAsync();
        var (id, time) = ((string)message.Headers["webhook-id"]!, (string)message.Headers["webhook-timestamp"]!);
        byte[] signed = [.. Encoding.UTF8.GetBytes($"{id}.{time}."), .. message.Body];
        Assert.Equal("v1," + Convert.ToBase64String(HMACSHA256.HashData(secret, signed)), (string)message.Headers["webhook-signature"]!);
        Assert.Equal(TestAlerts.Start.ToUnixTimeSeconds(), long.Parse(time, System.Globalization.CultureInfo.InvariantCulture));
    }

    [Fact]
    public async Task Only_alerts_that_its_filter_takes_are_told()
    {
        await using var receiver = await Receiver.StartAsync();
        await using var route = new RouteHarness(new WebhookOptions("pager", receiver.Url) { Filter = new AlertFilter { MinimumSeverity = AlertSeverity.Critical, Names = [AlertNames.SloFastBurn] } });
        route.Publish(TestAlerts.Firing("low", AlertSeverity.Warning));
        route.Publish(TestAlerts.Firing("other") with { Name = AlertNames.QueueFull });
        route.Publish(TestAlerts.Firing("high"), TestAlerts.Firing("low", AlertSeverity.Warning));

        var alert = Assert.Single((await receiver.TakeAsync()).Json["alerts"]!.AsArray());
        Assert.Equal("high", (string)alert!["labels"]!["model"]!);
    }
}
