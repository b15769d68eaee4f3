using Camshaft.Alerting.Tests.Support;
using Camshaft.Engine.Alerts;

namespace Camshaft.Alerting.Tests;

public sealed class AlertmanagerTests
{
    [Fact]
    public async Task What_fires_is_told_again_with_an_end_that_moves_on()
    {
        await using var receiver = await Receiver.StartAsync();
        await using var route = new RouteHarness(new AlertmanagerOptions("prom", new Uri(receiver.Url, "/base/")));
        route.Publish(TestAlerts.Firing());
        var first = await receiver.TakeAsync();
        await route.WaitAsync(static status => status.Sent == 1, TimeSpan.Zero);
        route.Clock.Advance(TimeSpan.FromSeconds(59));
        route.Route.Publish([], TestAlerts.Board(TestAlerts.Firing()));
        route.Clock.Advance(TimeSpan.FromSeconds(1));
        route.Route.Publish([], TestAlerts.Board(TestAlerts.Firing()));
        var second = await receiver.TakeAsync();

        Assert.Equal("/base/api/v2/alerts", first.Path);
        var alert = Assert.Single(first.Json.AsArray())!;
        Assert.Equal((AlertNames.SloFastBurn, "m", "critical"), ((string)alert["labels"]!["alertname"]!, (string)alert["labels"]!["model"]!, (string)alert["labels"]!["severity"]!));
        Assert.Equal("queue 75% (30 ms), run 25% (10 ms)", (string)alert["annotations"]!["causes"]!);
        Assert.Equal("0af7651916cd43dd8448eb211c80319c", (string)alert["annotations"]!["traces"]!);
        Assert.Equal(TestAlerts.Start.AddMinutes(4), (DateTimeOffset)alert["endsAt"]!);
        Assert.Equal(TestAlerts.Start.AddMinutes(5), (DateTimeOffset)second.Json[0]!["endsAt"]!);
        await route.WaitAsync(static status => status.Sent == 2);
        Assert.Equal(0, receiver.Waiting);
    }

    [Fact]
    public async Task What_is_resolved_is_told_with_its_end()
    {
        await using var receiver = await Receiver.StartAsync();
        await using var route = new RouteHarness(new AlertmanagerOptions("prom", receiver.Url));
        route.Publish(TestAlerts.Resolved());

        Assert.Equal(TestAlerts.Start.AddMinutes(1), (DateTimeOffset)(await receiver.TakeAsync()).Json[0]!["endsAt"]!);
    }

    [Fact]
    public async Task What_is_pending_is_not_told()
    {
        await using var receiver = await Receiver.StartAsync();
        await using var route = new RouteHarness(new AlertmanagerOptions("prom", receiver.Url));
        route.Route.Publish([], TestAlerts.Board(TestAlerts.Firing("early") with { State = AlertState.Pending }));
        route.Publish(TestAlerts.Firing());

        Assert.Equal("m", (string)Assert.Single((await receiver.TakeAsync()).Json.AsArray())!["labels"]!["model"]!);
    }
}
