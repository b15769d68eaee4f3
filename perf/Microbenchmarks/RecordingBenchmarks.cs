using System.Diagnostics.Metrics;
using Camshaft.Backends;
using Camshaft.Engine.Telemetry;
using Camshaft.Engine.Telemetry.Metrics;
using OpenTelemetry;
using OpenTelemetry.Metrics;

namespace Camshaft.Microbenchmarks;

/// <summary>Counting one request with all of its stages, and the batch that it ran in, by who listens meanwhile.</summary>
[MemoryDiagnoser]
public class RecordingBenchmarks
{
    private readonly RequestEnd _end = new(InferenceStatus.Ok, Rows: 1, InputByteSize: 600_000, OutputByteSize: 4000);
    private ModelRecorder _recorder = null!;
    private IDisposable? _observer;
    private RequestTimings _timings;

    public enum Observer
    {
        Nobody,
        MeterListener,
        OpenTelemetry,
    }

    [ParamsAllValues]
    public Observer Listening { get; set; }

    [GlobalSetup]
    public void SetUp()
    {
        var microsecond = TimeProvider.System.TimestampFrequency / 1_000_000;
        var start = TimeProvider.System.GetTimestamp();
        _timings = new RequestTimings
        {
            Created = start,
            Received = start + (150 * microsecond),
            Held = start + (400 * microsecond),
            Taken = start + (900 * microsecond),
            RunStarted = start + (905 * microsecond),
            RunEnded = start + (5000 * microsecond),
            Completed = start + (5010 * microsecond),
            Sent = start + (5100 * microsecond),
        };
        _recorder = new ModelRecorder("resnet50", 1, TimeProvider.System);
        _recorder.SetObjective(TimeSpan.FromMilliseconds(20));
        _observer = Listening switch
        {
            Observer.MeterListener => Listen(),
            Observer.OpenTelemetry => Sdk.CreateMeterProviderBuilder().AddMeter(EngineMeter.Name).AddReader(new BaseExportingMetricReader(new Discard())).Build(),
            _ => null,
        };
    }

    [GlobalCleanup]
    public void CleanUp() => _observer?.Dispose();

    [Benchmark]
    public void Record()
    {
        var timings = _timings;
        _recorder.CountExecution(1, timings, succeeded: true);
        _recorder.Record(ref timings, _end);
    }

    private static MeterListener Listen()
    {
        var listener = new MeterListener
        {
            InstrumentPublished = static (instrument, listener) =>
            {
                if (instrument.Meter.Name == EngineMeter.Name)
                {
                    listener.EnableMeasurementEvents(instrument);
                }
            },
        };
        listener.SetMeasurementEventCallback<double>(static (_, _, _, _) => { });
        listener.SetMeasurementEventCallback<int>(static (_, _, _, _) => { });
        listener.Start();
        return listener;
    }

    private sealed class Discard : BaseExporter<Metric>
    {
        public override ExportResult Export(in Batch<Metric> batch) => ExportResult.Success;
    }
}
