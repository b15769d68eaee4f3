using System.Globalization;
using Camshaft.Backends;
using Camshaft.Engine.Models;
using Camshaft.Engine.Telemetry.Snapshots;

namespace Camshaft.Engine.Telemetry.Metrics;

/// <summary>The metrics of versions of models.</summary>
internal static class ModelMetrics
{
    private const string Model = "model";
    private const string Version = "version";

    private static readonly StatusCode[] Codes = Enum.GetValues<StatusCode>();
    private static readonly string[] CodeNames = [.. Codes.Select(static code => ToSnakeCase(code.ToString()))];

    public static IReadOnlyList<MetricDefinition> All { get; } =
    [
        new("camshaft.requests", MetricKind.Counter, "{request}", "Requests that ended, by how: ok, or the code of the error; a code appears with its first request", Model, Version, "code")
        {
            Read = static snapshot => snapshot.Models.SelectMany(static model => Codes
                .Where(code => code == StatusCode.Ok || model.Counts.GetCount(code) > 0)
                .Select(code => Of(model, model.Counts.GetCount(code), CodeNames[(int)code]))),
        },
        new("camshaft.requests.tagged", MetricKind.Counter, "{request}", "Requests that ended with a tag by which they are counted, by the tag's value, or other beyond the most values, and the result: ok or error", Model, Version, "tag", "value", "result")
        {
            Read = static snapshot => snapshot.Models.SelectMany(static model => model.Model.Recorder.ReadTags().SelectMany(count => new[]
            {
                Of(model, count.Successes, count.Tag, count.Value, "ok"), Of(model, count.Errors, count.Tag, count.Value, "error"),
            })),
        },
        Count("camshaft.requests.refused", "{request}", "Those of the errors that were refused before they were queued: malformed, or the queue was full, or they would have been late", static counts => counts.Refused),
        Count("camshaft.requests.untaken", "{request}", "Requests that were turned away because the version was not ready; they are in no other number", static counts => counts.Untaken),
        new("camshaft.requests.within_objective", MetricKind.Counter, "{request}", "Successful requests that kept the latency of the model's slo, for models that have one", Model, Version)
        {
            Read = static snapshot => snapshot.Models.Where(static model => model.Model.Configuration.Scheduling.Objective is not null).Select(static model => Of(model, model.Counts.WithinObjective)),
        },
        Count("camshaft.rows", "{row}", "Rows of successful requests", static counts => counts.Rows),
        Count("camshaft.batches", "{batch}", "Batches that ran, well or badly", static counts => counts.Executions),
        new("camshaft.request.size", MetricKind.Counter, "By", "Bytes of successful requests' tensors, by direction: in or out", Model, Version, "direction")
        {
            Read = static snapshot => snapshot.Models.SelectMany(static model => new[] { Of(model, model.Counts.InputByteSize, "in"), Of(model, model.Counts.OutputByteSize, "out") }),
        },
        Count("camshaft.output_checks.failed", "{request}", "Answers with a value that the model's configuration excludes", static counts => counts.FailedOutputChecks),
        Gauge("camshaft.queue.depth", "{request}", "Requests that wait for a lane", static model => model.QueueDepth),
        Gauge("camshaft.queue.limit", "{request}", "Requests that may wait; 0 while the version is not in memory", static model => model.QueueLimit),
        Gauge("camshaft.requests.pending", "{request}", "Requests that have begun and not ended, wherever they are", static model => model.PendingCount),
        Gauge("camshaft.batches.running", "{batch}", "Batches that run now", static model => model.RunningCount),
        new("camshaft.model.state", MetricKind.Gauge, "{state}", "1 for the state that the version is in; the others are absent", Model, Version, "state")
        {
            Read = static snapshot => snapshot.Models.Select(static model => Of(model, 1, ToSnakeCase(model.State.ToString()))),
        },
        new("camshaft.model.info", MetricKind.Gauge, "{model}", "1 for a version that has been loaded, with what runs it", Model, Version, "backend", "device")
        {
            Read = static snapshot => snapshot.Models.Where(static model => model.Model.BackendName is not null).Select(static model => Of(model, 1, model.Model.BackendName!, DeviceName.Of(model.Model.Device!))),
        },
        new("camshaft.model.memory", MetricKind.Gauge, "By", "Memory that the version takes beside tensors, by kind: host, the part of it that is mapped from files, or device", Model, Version, "kind")
        {
            Read = static snapshot => snapshot.Models.SelectMany(static model => new[]
            {
                Of(model, model.Footprint.HostByteSize, "host"), Of(model, model.Footprint.MappedByteSize, "mapped"), Of(model, model.Footprint.DeviceByteSize, "device"),
            }),
        },
        new("camshaft.model.device_time", MetricKind.Counter, "s", "How long an accelerator computed for the version's batches, those that failed included, by its own clock; warm-up is in no metric", Model, Version, "device")
        {
            Read = static snapshot => snapshot.Models.SelectMany(static model => model.Model.Recorder.ReadDeviceTimes().Select(time => Of(model, time.Time.TotalSeconds, DeviceName.Of(time.Device)))),
        },
        DeviceGauge("camshaft.model.device_memory.used", "Memory of an accelerator that the version and its batches take", static (_, memory) => memory.UsedByteSize),
        DeviceGauge("camshaft.model.device_memory.peak", "The most of it that they took since the load", static (_, memory) => memory.PeakByteSize),
        DeviceGauge("camshaft.model.device_memory.limit", "What they may take of it; absent without device_memory_bytes", static (model, _) => model.Model.Configuration.Limits.DeviceMemoryBytes),
        Gauge("camshaft.model.load_time", "s", "How long the last load took, warm-up included", static model => model.Model.LoadTime.TotalSeconds),
    ];

    private static MetricDefinition Count(string name, string unit, string description, Func<ModelCounts, long> read) =>
        new(name, MetricKind.Counter, unit, description, Model, Version) { Read = snapshot => snapshot.Models.Select(model => Of(model, read(model.Counts))) };

    private static MetricDefinition Gauge(string name, string unit, string description, Func<ModelSnapshot, double> read) =>
        new(name, MetricKind.Gauge, unit, description, Model, Version) { Read = snapshot => snapshot.Models.Select(model => Of(model, read(model))) };

    private static MetricDefinition DeviceGauge(string name, string description, Func<ModelSnapshot, DeviceMemory, double?> read) => new(name, MetricKind.Gauge, "By", description, Model, Version, "device")
    {
        Read = snapshot => snapshot.Models
            .Where(model => model.DeviceMemory is { } memory && read(model, memory) is not null)
            .Select(model => Of(model, read(model, model.DeviceMemory!.Value)!.Value, DeviceName.Of(model.Model.Device!))),
    };

    private static MetricSample Of(ModelSnapshot model, double value, params ReadOnlySpan<string> more) =>
        new(value, [model.Model.ModelName, model.Model.Number.ToString(CultureInfo.InvariantCulture), .. more]);

    private static string ToSnakeCase(string name) =>
        string.Concat(name.Select(static (letter, i) => char.IsUpper(letter) && i > 0 ? $"_{char.ToLowerInvariant(letter)}" : $"{char.ToLowerInvariant(letter)}"));
}
