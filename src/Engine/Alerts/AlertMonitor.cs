using Camshaft.Engine.Alerts.Options;
using Camshaft.Engine.Alerts.Readings;
using Camshaft.Engine.Alerts.Rules;
using Camshaft.Engine.Objectives;
using Microsoft.Extensions.Logging;

namespace Camshaft.Engine.Alerts;

/// <summary>
/// Watches the engine: every few seconds it takes a reading, brings objectives and alerts up to date, shows them on its board
/// and tells whoever wants to be told. It has no part in serving, and what goes wrong in it is logged. Any thread reads the
/// board; one runs it.
/// </summary>
public sealed partial class AlertMonitor : IAlertBoard
{
    private const int MostResolved = 64;

    private static readonly TimeSpan ResolvedAge = TimeSpan.FromMinutes(15);

    private readonly IReadingSource _source;
    private readonly AlertOptions _options;
    private readonly IReadOnlyList<IAlertSink> _sinks;
    private readonly ILogger _logger;
    private readonly TimeProvider _timeProvider;
    private readonly IReadOnlyList<IAlertRule> _rules;
    private readonly AlertBook _book;
    private readonly Dictionary<string, ModelHistory> _models = new(StringComparer.Ordinal);
    private TimeSpan _startedAt;
    private bool _hasStarted;
    private volatile AlertBoard _board = AlertBoard.Empty;

    /// <summary>Puts it together; it looks when it is told to.</summary>
    /// <param name="source">Where readings come from.</param>
    /// <param name="options">What to watch.</param>
    /// <param name="sinks">Who is told, beside the log.</param>
    /// <param name="loggerFactory">Where alerts are logged, and what goes wrong.</param>
    /// <param name="timeProvider">The clock by which it looks.</param>
    public AlertMonitor(IReadingSource source, AlertOptions options, IEnumerable<IAlertSink> sinks, ILoggerFactory loggerFactory, TimeProvider timeProvider)
    {
        _source = source;
        _options = options;
        _logger = loggerFactory.CreateLogger("Camshaft.Alerts");
        _sinks = [new AlertLog(_logger), .. sinks];
        _timeProvider = timeProvider;
        _rules = options.IsEnabled ? AlertRules.Create(options) : [];
        _book = new AlertBook(options.KeepFiring, options.Labels);
    }

    /// <inheritdoc/>
    public AlertBoard Current => _board;

    /// <summary>Looks every few seconds until it is told to stop.</summary>
    public async Task RunAsync(CancellationToken cancellationToken)
    {
        using var timer = new PeriodicTimer(_options.Interval, _timeProvider);
        do
        {
            try
            {
                Look();
            }
            catch (Exception exception)
            {
                Log.LookFailed(_logger, exception);
            }
        }
        while (await timer.WaitForNextTickAsync(cancellationToken).ConfigureAwait(false));
    }

    /// <summary>Looks once. One thread at a time.</summary>
    public void Look()
    {
        var reading = _source.Read();
        var models = Remember(reading);
        var conditions = new List<AlertCondition>();
        foreach (var rule in _rules)
        {
            rule.Judge(reading, models, conditions);
        }

        var changed = _book.Update(reading.Uptime, reading.Time, conditions);
        var resolved = changed.Where(static alert => alert.State == AlertState.Resolved).Reverse();
        _board = new AlertBoard
        {
            Time = reading.Time,
            Active = _book.ListActive(),
            Resolved = [.. resolved.Concat(_board.Resolved).Where(alert => reading.Time - alert.EndsAt < ResolvedAge).Take(MostResolved)],
            Objectives = [.. models.Select(static model => model.Objectives).OfType<ModelObjectives>()],
            Routes = [.. _sinks.OfType<IAlertRoute>().Select(static route => route.Status)],
            LeftOut = _book.LeftOut,
        };
        foreach (var sink in _sinks)
        {
            sink.Publish(changed, _board);
        }
    }

    private List<ModelHistory> Remember(ServerReading reading)
    {
        if (!_hasStarted)
        {
            (_startedAt, _hasStarted) = (reading.Uptime, true);
        }

        var models = new List<ModelHistory>(reading.Models.Count);
        foreach (var model in reading.Models)
        {
            if (!_models.TryGetValue(model.Name, out var history))
            {
                history = new ModelHistory(_options, _startedAt);
                _models.Add(model.Name, history);
            }

            history.Add(reading.Uptime, model);
            models.Add(history);
        }

        if (_models.Count > models.Count)
        {
            var known = reading.Models.Select(static model => model.Name).ToHashSet(StringComparer.Ordinal);
            foreach (var gone in _models.Keys.Where(name => !known.Contains(name)).ToList())
            {
                _models.Remove(gone);
            }
        }

        return models;
    }

    private static partial class Log
    {
        [LoggerMessage(910, LogLevel.Error, "Alerts could not be judged.")]
        public static partial void LookFailed(ILogger logger, Exception exception);
    }
}
