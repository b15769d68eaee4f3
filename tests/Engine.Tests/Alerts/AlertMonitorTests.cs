using Camshaft.Engine.Alerts;
using Camshaft.Engine.Alerts.Options;
using Camshaft.Engine.Alerts.Readings;
using Camshaft.Engine.Models.Configuration;
using Camshaft.Engine.Objectives;

namespace Camshaft.Engine.Tests.Alerts;

/// <summary>Alerts in virtual time: when each fires, what it says, when it is resolved.</summary>
public sealed class AlertMonitorTests
{
    private static readonly TimeSpan Minute = TimeSpan.FromMinutes(1);

    private readonly ScriptedServer _server = new();

    [Fact]
    public void A_failed_version_is_told_once_and_resolved_once()
    {
        _server.Model = _server.Model! with { Failures = [new Fault("2", "no such file")] };
        _server.Pass(10 * Minute);
        _server.Model = _server.Model! with { Failures = [] };
        _server.Pass(10 * Minute);

        Assert.Equal([AlertState.Firing, AlertState.Resolved], _server.Told.Select(static alert => alert.State));
        Assert.All(_server.Told, static alert => Assert.Equal(("m", "2", "no such file"), (alert.Labels["model"], alert.Labels["version"], alert.Description)));
        Assert.Single(_server.Told.Select(static alert => alert.Fingerprint).Distinct());
    }

    [Theory]
    [InlineData(true, AlertSeverity.Warning)]
    [InlineData(false, AlertSeverity.Critical)]
    public void A_failed_version_is_critical_where_no_other_serves(bool isServed, AlertSeverity expected)
    {
        _server.Model = _server.Model! with { IsServed = isServed, Failures = [new Fault("2", "no such file")] };
        _server.Pass(Minute);

        Assert.Equal(expected, Assert.Single(_server.Told).Severity);
    }

    [Fact]
    public void A_condition_that_comes_and_goes_is_one_alert()
    {
        for (var round = 0; round < 10; round++)
        {
            _server.Model = _server.Model! with { Failures = [new Fault("2", "no such file")] };
            _server.Pass(TimeSpan.FromSeconds(10));
            _server.Model = _server.Model! with { Failures = [] };
            _server.Pass(TimeSpan.FromSeconds(10));
        }

        Assert.Equal(AlertState.Firing, Assert.Single(_server.Told).State);
    }

    [Fact]
    public void A_condition_that_does_not_last_is_pending_and_told_to_nobody()
    {
        _server.Model = _server.Model! with { QueueDepth = 16, QueueLimit = 16 };
        _server.Pass(TimeSpan.FromSeconds(5));
        Assert.Equal(AlertState.Pending, Assert.Single(_server.Monitor.Current.Active).State);
        _server.Model = _server.Model! with { QueueDepth = 0 };
        _server.Pass(Minute);

        Assert.Empty(_server.Told);
        Assert.Empty(_server.Monitor.Current.Active);
    }

    [Fact]
    public void A_full_queue_fires_after_its_time()
    {
        _server.Model = _server.Model! with { QueueDepth = 16, QueueLimit = 16 };
        _server.Pass(TimeSpan.FromSeconds(15));

        var alert = Assert.Single(_server.Told);
        Assert.Equal((AlertNames.QueueFull, 100.0), (alert.Name, alert.Value));
        Assert.Equal(TimeSpan.FromSeconds(10), alert.FiringSince - alert.StartsAt);
    }

    [Fact]
    public void Errors_beyond_the_rate_fire()
    {
        _server.Pass(2 * Minute, ScriptedServer.Failing(100, 96));
        Assert.Empty(_server.Told);
        _server.Pass(7 * Minute, ScriptedServer.Failing(100, 94));

        var alert = Assert.Single(_server.Told);
        Assert.Equal(AlertNames.ErrorRateHigh, alert.Name);
        Assert.Equal("failed", alert.Causes[0].Name);
    }

    [Fact]
    public void Latency_over_the_objective_s_threshold_fires()
    {
        _server.Promise(new LatencyObjective(TimeSpan.FromMilliseconds(20)) { Percentile = 90, Window = TimeSpan.FromDays(1) });
        _server.Pass(3 * Minute, ScriptedServer.Answered(100, 91));
        Assert.Empty(_server.Told);
        _server.Pass(3 * Minute, ScriptedServer.Answered(100, 89));

        Assert.Contains(AlertNames.LatencyHigh, _server.Firing);
    }

    [Fact]
    public void A_model_without_an_objective_is_held_to_the_threshold_that_is_set()
    {
        var server = new ScriptedServer(new AlertOptions { Latency = new LatencyTerms { Threshold = TimeSpan.FromMilliseconds(100), Percentile = 50 } });
        server.Pass(2 * Minute, new ServiceTotals { Requests = 10, Answered = 10, WithinThreshold = 6 });
        Assert.Empty(server.Told);
        server.Pass(2 * Minute, new ServiceTotals { Requests = 10, Answered = 10, WithinThreshold = 4 });

        Assert.Equal(AlertNames.LatencyHigh, Assert.Single(server.Told).Name);
    }

    [Fact]
    public void Plugins_devices_and_memory_have_alerts_of_their_own()
    {
        _server.Rest = static reading => reading with
        {
            FailedPlugins = [new Fault("Alpha", "bad image")],
            FailedDevices = [new Fault("cuda:0", "fell off the bus")],
            Devices = [new DeviceReading("cuda:1", 95, 100), new DeviceReading("cuda:2", 94, 100)],
            TensorByteSize = 99,
            TensorBudgetByteSize = 100,
            ModelByteSize = 100,
            ModelBudgetByteSize = 100,
        };
        _server.Pass(2 * Minute);

        Assert.Equal([AlertNames.DeviceFailed, AlertNames.PluginFailed, AlertNames.DeviceMemoryFull, AlertNames.TensorMemoryFull], _server.Firing);
        Assert.Equal("cuda:1", _server.Monitor.Current.Active.Single(static alert => alert.Name == AlertNames.DeviceMemoryFull).Labels["device"]);
    }

    [Fact]
    public void The_memory_of_models_is_watched_when_asked_for()
    {
        var server = new ScriptedServer(new AlertOptions { ModelMemory = new FillTerms { IsEnabled = true } })
        {
            Rest = static reading => reading with { ModelByteSize = 95, ModelBudgetByteSize = 100 },
        };
        server.Pass(Minute);

        Assert.Equal([AlertNames.ModelMemoryFull], server.Firing);
    }

    [Fact]
    public void Without_alerts_objectives_are_still_known()
    {
        var server = new ScriptedServer(new AlertOptions { IsEnabled = false });
        server.Promise(new LatencyObjective(TimeSpan.FromMilliseconds(20)));
        server.Pass(Minute, ScriptedServer.Answered(100, 0));

        Assert.Empty(server.Monitor.Current.Active);
        Assert.Equal(ObjectiveHealth.BurningFast, server.Objectives.Latency.Health);
    }

    [Fact]
    public void A_burn_alert_says_what_burns_it_and_shows_requests()
    {
        _server.Promise(new LatencyObjective(TimeSpan.FromMilliseconds(20)));
        _server.Model = _server.Model! with
        {
            FindExamples = static kind => kind == ObjectiveKind.Latency ? [new SlowRequest("0af7651916cd43dd8448eb211c80319c", TimeSpan.FromSeconds(1), "Queue")] : [],
        };
        _server.Pass(Minute, ScriptedServer.Answered(100, 0) with
        {
            QueueTime = TimeSpan.FromSeconds(3),
            RunTime = TimeSpan.FromSeconds(1),
            CollectionTime = TimeSpan.FromSeconds(0.5),
        });

        var alert = _server.Told.First(static alert => alert.Name == AlertNames.SloFastBurn);
        Assert.Equal([("queue", 0.75), ("run", 0.25), ("gc", 0.1)], alert.Causes.Select(static cause => (cause.Name, Math.Round(cause.Share, 6))));
        Assert.Equal(TimeSpan.FromMilliseconds(30), alert.Causes[0].Mean);
        Assert.Equal("0af7651916cd43dd8448eb211c80319c", Assert.Single(alert.Examples).TraceId);
        Assert.Contains("Due to: queue 75% (30 ms)", alert.Description, StringComparison.Ordinal);
    }

    [Fact]
    public void Loads_are_among_the_causes()
    {
        _server.Promise(new LatencyObjective(TimeSpan.FromMilliseconds(20)));
        _server.Pass(Minute, new ServiceTotals { Requests = 100, Untaken = 100, LoadTime = TimeSpan.FromSeconds(4) });

        var alert = _server.Told.First(static alert => alert.Labels.GetValueOrDefault("objective") == "availability");
        Assert.Equal([("not_ready", 1), ("load", 0.8)], alert.Causes.Select(static cause => (cause.Name, Math.Round(cause.Share, 6))));
    }

    [Fact]
    public void Labels_that_are_configured_are_on_every_alert_and_those_of_the_alert_win()
    {
        var server = new ScriptedServer(new AlertOptions { Labels = new Dictionary<string, string> { ["site"] = "north", ["model"] = "none" } });
        server.Model = server.Model! with { Failures = [new Fault("2", "no such file")] };
        server.Pass(Minute);

        var alert = Assert.Single(server.Told);
        Assert.Equal(
            new Dictionary<string, string> { ["alertname"] = AlertNames.ModelFailed, ["model"] = "m", ["severity"] = "warning", ["site"] = "north", ["version"] = "2" },
            alert.Labels);
    }

    [Fact]
    public void Alerts_without_end_are_bounded_and_the_rest_is_counted()
    {
        _server.Model = _server.Model! with { Failures = [.. Enumerable.Range(1, AlertBook.MostActive + 10).Select(static number => new Fault(FormattableString.Invariant($"{number}"), "broken"))] };
        _server.Pass(TimeSpan.FromSeconds(5));

        Assert.Equal((AlertBook.MostActive, 10), (_server.Monitor.Current.Active.Count, _server.Monitor.Current.LeftOut));
    }

    [Fact]
    public void Resolved_alerts_are_shown_for_a_quarter_of_an_hour()
    {
        _server.Model = _server.Model! with { Failures = [new Fault("2", "no such file")] };
        _server.Pass(Minute);
        _server.Model = _server.Model! with { Failures = [] };
        _server.Pass(Minute);
        Assert.Equal(AlertState.Resolved, Assert.Single(_server.Monitor.Current.Resolved).State);
        _server.Pass(16 * Minute);

        Assert.Empty(_server.Monitor.Current.Resolved);
    }

    [Fact]
    public async Task It_looks_at_every_interval_and_goes_on_when_the_source_fails()
    {
        var looks = 0;
        var failures = 0;
        _server.Rest = reading =>
        {
            looks++;
            return looks == 2 ? throw new InvalidOperationException($"{++failures}") : reading;
        };
        using var stop = new CancellationTokenSource();
        var running = _server.Monitor.RunAsync(stop.Token);
        for (var round = 1; round < 4; round++)
        {
            Assert.Equal(round, looks);
            var before = looks;
            _server.Clock.Advance(TimeSpan.FromSeconds(5));
            using var timeout = new CancellationTokenSource(TimeSpan.FromSeconds(30));
            while (Volatile.Read(ref looks) == before)
            {
                Assert.False(timeout.IsCancellationRequested);
                await Task.Yield();
            }
        }

        await stop.CancelAsync();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => running);
        Assert.Equal(1, failures);
    }
}
