using Camshaft.Engine;
using Camshaft.Engine.Alerts;
using Camshaft.Engine.Models;
using Camshaft.Engine.Objectives;
using Camshaft.Engine.Telemetry.Snapshots;
using Camshaft.LiveConsole.Views;

namespace Camshaft.LiveConsole.Sampling;

/// <summary>
/// What the console knows of the engine: the present second, and the last minutes in columns of five. One loop samples, for
/// all who look; while nobody looks it does so once a column, so that whoever comes sees the last minutes at once. Guarded
/// by <see cref="Gate"/>, which the feed shares, so that who joins misses no second and gets none twice.
/// </summary>
internal sealed class Observatory(InferenceEngine engine, IAlertBoard alerts, TimeProvider timeProvider)
{
    /// <summary>How many columns the overview's small charts have: five minutes.</summary>
    public const int SparkColumns = 60;

    private readonly Dictionary<string, ModelTrack> _tracks = new(StringComparer.Ordinal);
    private readonly SystemTrack _system = new();
    private readonly LaneTrack _lanes = new(engine.Telemetry);
    private Dictionary<string, ModelRow> _rows = [];
    private TimeSpan _uptime;
    private DateTimeOffset _time;
    private IReadOnlyList<AlertView> _alerts = [];
    private Dictionary<string, ModelObjectives> _objectives = [];
    private long _sampledAt;
    private long _column = -1;

    /// <summary>Guards everything here.</summary>
    public Lock Gate { get; } = new();

    /// <summary>What changed with the last sample.</summary>
    public OverviewView Change { get; private set; } = new(IsFull: false, ClosesColumn: false, new SystemView(), []);

    /// <summary>Whether a new column has begun since the last sample, so that one is due though nobody looks.</summary>
    public bool IsDue => History<ColumnView>.NumberAt(_sampledAt == 0 ? default : _uptime + timeProvider.GetElapsedTime(_sampledAt)) > _column;

    /// <summary>Looks at the engine. Under the gate.</summary>
    /// <param name="withLanes">Whether somebody looks at the lanes.</param>
    public void Sample(bool withLanes)
    {
        var snapshot = engine.Telemetry.Read();
        (_uptime, _time, _sampledAt) = (snapshot.Uptime, snapshot.Time, timeProvider.GetTimestamp());
        var number = History<ColumnView>.NumberAt(_uptime);
        var board = alerts.Current;
        _alerts = AlertViews.Describe(board);
        _objectives = board.Objectives.ToDictionary(static model => model.ModelName, StringComparer.Ordinal);
        var rows = SampleModels(snapshot);
        _system.Sample(snapshot, GpuViews.Describe(snapshot, model => _tracks[GetKey(model)]));
        Change = new OverviewView(IsFull: false, number > _column, _system.View, [.. rows.Values.Where(IsNew)])
        {
            Alerts = _alerts,
            Removed = [.. _rows.Keys.Where(key => !rows.ContainsKey(key))],
        };
        _rows = rows;
        _column = number;
        if (withLanes)
        {
            _lanes.Sample(_time);
        }
        else
        {
            _lanes.Forget();
        }
    }

    /// <summary>All that the overview shows. Under the gate.</summary>
    /// <param name="withHistory">Whether with the last minutes.</param>
    public OverviewView DescribeAll(bool withHistory)
    {
        var all = new OverviewView(IsFull: true, ClosesColumn: false, _system.View, [.. _rows.Values]) { Alerts = _alerts };
        return withHistory ? all with { Rates = DescribeRates(), History = _system.GetHistory(SparkColumns) } : all;
    }

    /// <summary>What runs on lanes. Under the gate.</summary>
    /// <param name="withHistory">Whether the last seconds, rather than the last one.</param>
    public LanesView DescribeLanes(bool withHistory) => new(_system.View, withHistory ? _lanes.Recent : _lanes.Runs, _lanes.LeftOut) { Alerts = _alerts };

    /// <summary>One version. Under the gate.</summary>
    /// <param name="name">The model's name.</param>
    /// <param name="version">The version's number; null = the one that requests without a version get, else the highest.</param>
    /// <param name="withHistory">Whether with the last minutes.</param>
    /// <returns>Null when there is none.</returns>
    public ModelView? DescribeModel(string name, long? version, bool withHistory)
    {
        var number = version ?? (engine.Models.TryGetVersion(name, ModelRegistry.HighestReady, out var found).IsOk ? found!.Number : null);
        if (_tracks.TryGetValue($"{name}/{number}", out var track))
        {
            var view = ModelViews.Describe(track, engine.Models, _time, _uptime, withHistory) with { Alerts = _alerts, Aliases = DescribeAliases(name) };
            return _objectives.TryGetValue(name, out var objectives)
                ? view with { Objectives = AlertViews.Describe(objectives), ObjectiveWindow = objectives.Objective.Window.TotalSeconds }
                : view;
        }

        // A model whose directory is at fault has no version to show, but a reason.
        return _rows.TryGetValue($"{name}/", out var row) ? new ModelView(row, Figures.ToUnixSeconds(_time)) { Alerts = _alerts } : null;
    }

    private List<AliasView> DescribeAliases(string name) =>
        [.. engine.Router.Table.Aliases.Select(alias => new AliasView(alias.Name, alias.Target.ToString(), alias.Target.ModelName == name, alias.Pending?.ToString()))];

    private Dictionary<string, ModelRow> SampleModels(EngineSnapshot snapshot)
    {
        var rows = new Dictionary<string, ModelRow>(snapshot.Models.Count, StringComparer.Ordinal);
        foreach (var model in snapshot.Models)
        {
            var key = GetKey(model);
            if (!_tracks.TryGetValue(key, out var track))
            {
                _tracks.Add(key, track = new ModelTrack());
            }

            track.Sample(model, _uptime, _objectives.GetValueOrDefault(model.Model.ModelName));
            rows[key] = track.Row;
        }

        foreach (var entry in snapshot.Entries.Where(static entry => entry.Versions.Count == 0))
        {
            var row = ModelRows.Describe(entry);
            rows[row.Key] = row;
        }

        foreach (var key in _tracks.Keys.Where(key => !rows.ContainsKey(key)).ToList())
        {
            _tracks.Remove(key);
        }

        return rows;
    }

    private Dictionary<string, float[]> DescribeRates()
    {
        var rates = new Dictionary<string, float[]>();
        foreach (var (key, track) in _tracks)
        {
            if (track.GetRates(SparkColumns) is { } columns)
            {
                rates.Add(key, columns);
            }
        }

        return rates;
    }

    private static string GetKey(ModelSnapshot model) => $"{model.Model.ModelName}/{model.Model.Number}";

    private bool IsNew(ModelRow row) => !_rows.TryGetValue(row.Key, out var before) || before != row;
}
