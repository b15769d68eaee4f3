using System.Diagnostics.Metrics;
using Camshaft.Engine.Telemetry.Snapshots;

namespace Camshaft.Engine.Telemetry.Metrics;

/// <summary>
/// The instruments of an engine, for whoever listens: each reads the recorders when it is asked, so that nothing is done while
/// nobody asks. Lives as long as the engine; any thread.
/// </summary>
public sealed class EngineMeter : IDisposable
{
    /// <summary>The meter's name.</summary>
    public const string Name = "Camshaft";

    // A listener asks every instrument in turn; they answer from one look.
    private static readonly TimeSpan LongestAge = TimeSpan.FromMilliseconds(250);

    private readonly Meter _meter;
    private readonly bool _ownsMeter;
    private readonly EngineTelemetry _telemetry;
    private readonly TimeProvider _timeProvider;
    private readonly Lock _gate = new();
    private EngineSnapshot? _snapshot;
    private long _readAt;

    /// <summary>Makes the instruments.</summary>
    /// <param name="telemetry">What they read.</param>
    /// <param name="timeProvider">The clock.</param>
    /// <param name="factory">Makes the meter, and ends it; null = a meter of its own.</param>
    internal EngineMeter(EngineTelemetry telemetry, TimeProvider timeProvider, IMeterFactory? factory = null)
    {
        _telemetry = telemetry;
        _timeProvider = timeProvider;
        _ownsMeter = factory is null;
        _meter = factory?.Create(new MeterOptions(Name)) ?? new Meter(Name);
        foreach (var metric in MetricTable.All)
        {
            Create(metric);
        }
    }

    /// <summary>Ends the instruments.</summary>
    public void Dispose()
    {
        if (_ownsMeter)
        {
            _meter.Dispose();
        }
    }

    private void Create(MetricDefinition metric)
    {
        switch (metric.Kind)
        {
            case MetricKind.Counter:
                _meter.CreateObservableCounter(metric.Name, Observe, metric.Unit, metric.Description);
                break;
            case MetricKind.Gauge:
                _meter.CreateObservableGauge(metric.Name, Observe, metric.Unit, metric.Description);
                break;
            default:
                // Recorded request by request, by StageInstruments.
                break;
        }

        IEnumerable<Measurement<double>> Observe() => metric.Read(GetSnapshot()).Select(sample => ToMeasurement(metric, sample));
    }

    private static Measurement<double> ToMeasurement(MetricDefinition metric, in MetricSample sample) =>
        new(sample.Value, metric.Labels.Zip(sample.Labels, static (name, value) => new KeyValuePair<string, object?>(name, value)));

    private EngineSnapshot GetSnapshot()
    {
        lock (_gate)
        {
            if (_snapshot is null || _timeProvider.GetElapsedTime(_readAt) > LongestAge)
            {
                _snapshot = _telemetry.Read();
                _readAt = _timeProvider.GetTimestamp();
            }

            return _snapshot;
        }
    }
}
