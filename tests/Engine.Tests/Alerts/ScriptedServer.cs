using Camshaft.Engine.Alerts;
using Camshaft.Engine.Alerts.Options;
using Camshaft.Engine.Alerts.Readings;
using Camshaft.Engine.Models.Configuration;
using Camshaft.Engine.Objectives;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Logging.Abstractions;
using Microsoft.Extensions.Time.Testing;

namespace Camshaft.Engine.Tests.Alerts;

/// <summary>A server that says whatever a test wants, watched in virtual time by a monitor that looks every five seconds.</summary>
internal sealed class ScriptedServer : IReadingSource, IAlertSink
{
    private readonly FakeTimeProvider _clock = new(new DateTimeOffset(2026, 1, 2, 3, 4, 5, TimeSpan.Zero));
    private readonly long _startedAt;

    public ScriptedServer(AlertOptions? options = null, ILoggerFactory? loggerFactory = null)
    {
        _startedAt = _clock.GetTimestamp();
        Monitor = new AlertMonitor(this, options ?? new AlertOptions(), [this], loggerFactory ?? NullLoggerFactory.Instance, _clock);
        Monitor.Look();
    }

    public AlertMonitor Monitor { get; }

    public FakeTimeProvider Clock => _clock;

    /// <summary>How often it is looked at.</summary>
    public TimeSpan Interval { get; set; } = TimeSpan.FromSeconds(5);

    /// <summary>What the server says of its only model; null = it has none.</summary>
    public ModelReading? Model { get; set; } = new("m") { IsServed = true };

    /// <summary>What it says of the rest.</summary>
    public Func<ServerReading, ServerReading> Rest { get; set; } = static reading => reading;

    /// <summary>Every alert that was told, with the state that it was told in.</summary>
    public List<Alert> Told { get; } = [];

    /// <summary>The alerts that fire now.</summary>
    public IEnumerable<string> Firing => Monitor.Current.Active.Where(static alert => alert.State == AlertState.Firing).Select(static alert => alert.Name);

    public ModelObjectives Objectives => Assert.Single(Monitor.Current.Objectives);

    public void Promise(LatencyObjective objective) => Model = Model! with { Objective = objective };

    /// <summary>Lets time pass, in which each interval brings the same again.</summary>
    public void Pass(TimeSpan time, ServiceTotals perInterval = default)
    {
        for (var passed = TimeSpan.Zero; passed < time; passed += Interval)
        {
            _clock.Advance(Interval);
            Model = Model is null ? null : Model with { Totals = Model.Totals + perInterval };
            Monitor.Look();
        }
    }

    public ServerReading Read() => Rest(new ServerReading(_clock.GetUtcNow(), _clock.GetElapsedTime(_startedAt)) { Models = Model is null ? [] : [Model] });

    public void Publish(IReadOnlyList<Alert> changed, AlertBoard board) => Told.AddRange(changed);

    /// <summary>So many requests, all answered, so many of them in time.</summary>
    public static ServiceTotals Answered(int count, int inTime) => new() { Requests = count, Answered = count, WithinObjective = inTime };

    /// <summary>So many requests, so many of them answered, all in time.</summary>
    public static ServiceTotals Failing(int count, int answered) => new() { Requests = count, Answered = answered, WithinObjective = answered, Failed = count - answered };
}
