using System.Collections.Concurrent;
using System.Diagnostics.Metrics;
using Camshaft.Engine.Telemetry;
using Camshaft.Engine.Telemetry.Metrics;
using Camshaft.Engine.Tests.Support;
using Microsoft.Extensions.Logging.Abstractions;

namespace Camshaft.Engine.Tests.Telemetry;

/// <summary>The instruments, as a listener of this process reads them. Alone: a listener makes every engine record for it.</summary>
[CollectionDefinition(nameof(EngineMeterTests), DisableParallelization = true)]
[Collection(nameof(EngineMeterTests))]
public sealed class EngineMeterTests : IDisposable
{
    private readonly ConcurrentQueue<(string Instrument, double Value, string Tags)> _measurements = [];
    private readonly MeterListener _listener = new();

    public EngineMeterTests()
    {
        _listener.InstrumentPublished = static (instrument, listener) =>
        {
            if (instrument.Meter.Name == EngineMeter.Name)
            {
                listener.EnableMeasurementEvents(instrument);
            }
        };
        _listener.SetMeasurementEventCallback<double>((instrument, value, tags, _) => Add(instrument, value, tags));
        _listener.SetMeasurementEventCallback<int>((instrument, value, tags, _) => Add(instrument, value, tags));
        _listener.Start();
    }

    public void Dispose() => _listener.Dispose();

    [Fact]
    public async Task Every_metric_of_the_table_without_a_recorder_of_its_own_is_observed()
    {
        await using var engine = new InferenceEngine(new EngineOptions { ModelDirectories = [] }, NullLoggerFactory.Instance, TimeProvider.System, []);
        _listener.RecordObservableInstruments();

        var server = MetricTable.All.Where(static metric => metric.Kind != MetricKind.Histogram && !metric.Labels.Contains("model") && !metric.Labels.Contains("plugin")
            && !metric.Name.StartsWith("camshaft.alerts.", StringComparison.Ordinal) && !metric.Name.StartsWith("camshaft.gpu.", StringComparison.Ordinal));
        Assert.All(server, metric => Assert.Contains(_measurements, measurement => measurement.Instrument == metric.Name));
    }

    [Fact]
    public async Task While_somebody_listens_stages_and_batches_are_recorded_request_by_request()
    {
        await using var harness = new Harness();
        await harness.RunAsync(1, 2, 3);

        foreach (var stage in Enum.GetValues<RequestStage>())
        {
            Assert.Single(_measurements, measurement => measurement.Instrument == "camshaft.request.duration" && measurement.Tags == $"model=fake,version=1,stage={StageName.Of(stage)}");
        }

        Assert.Single(_measurements, static measurement => measurement is { Instrument: "camshaft.batch.size", Value: 1, Tags: "model=fake,version=1" });
    }

    private void Add(Instrument instrument, double value, ReadOnlySpan<KeyValuePair<string, object?>> tags) =>
        _measurements.Enqueue((instrument.Name, value, string.Join(',', tags.ToArray().Select(static tag => $"{tag.Key}={tag.Value}"))));
}
