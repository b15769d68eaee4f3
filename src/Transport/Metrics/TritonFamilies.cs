using System.Globalization;
using Camshaft.Backends;
using Camshaft.Engine.Models;
using Camshaft.Engine.Telemetry;
using Camshaft.Engine.Telemetry.Snapshots;

namespace Camshaft.Transport.Metrics;

/// <summary>
/// Writes the metrics by which Triton's users know theirs, for versions that are in memory: names, labels and meaning as
/// Triton has them. In OpenMetrics, whose counters must end otherwise, they are of no type.
/// </summary>
internal static class TritonFamilies
{
    private static readonly string[] Labels = ["model", "version"];
    private static readonly string[] FailureLabels = ["model", "version", "reason"];
    private static readonly string[] GpuLabels = ["gpu_uuid"];
    private static readonly string[] NoLabels = [];

    // Where Triton has one, of copying in, Camshaft has two: its batches wait before a lane takes them, Triton's after.
    private static readonly (string Name, string Help, RequestStage[] Stages)[] Durations =
    [
        ("nv_inference_request_duration_us", "Cumulative inference request duration in microseconds", [RequestStage.Total]),
        ("nv_inference_queue_duration_us", "Cumulative inference queuing duration in microseconds", [RequestStage.Queue, RequestStage.BatchWait]),
        ("nv_inference_compute_input_duration_us", "Cumulative compute input duration in microseconds", [RequestStage.CopyIn]),
        ("nv_inference_compute_infer_duration_us", "Cumulative compute inference duration in microseconds", [RequestStage.Run]),
        ("nv_inference_compute_output_duration_us", "Cumulative inference compute output duration in microseconds", [RequestStage.CopyOut]),
    ];

    private static readonly (string Name, string Type, string Help, Func<AcceleratorReading, double?> Read)[] Sensors =
    [
        ("nv_gpu_utilization", "gauge", "GPU utilization rate [0.0 - 1.0)", static gpu => gpu.Utilization),
        ("nv_gpu_memory_total_bytes", "gauge", "GPU total memory, in bytes", static gpu => gpu.MemoryByteSize),
        ("nv_gpu_memory_used_bytes", "gauge", "GPU used memory, in bytes", static gpu => gpu.UsedMemoryByteSize),
        ("nv_gpu_power_usage", "gauge", "GPU power usage in watts", static gpu => gpu.PowerWatts),
        ("nv_gpu_power_limit", "gauge", "GPU power management limit in watts", static gpu => gpu.PowerLimitWatts),
        ("nv_energy_consumption", "counter", "GPU energy consumption in joules since the server found it", static gpu => gpu.EnergyJoules),
    ];

    public static async Task WriteAsync(PrometheusWriter writer, EngineSnapshot snapshot, ProcessorReading processors)
    {
        List<ModelSnapshot> models = [.. snapshot.Models.Where(static model => model.State is ModelState.Warming or ModelState.Ready or ModelState.Draining)];
        await WriteCountsAsync(writer, models).ConfigureAwait(false);
        var distribution = new LatencyDistribution();
        foreach (var (name, help, stages) in Durations)
        {
            await WriteAsync(writer, name, "counter", help, models, model => stages.Sum(stage => SumMicroseconds(model, stage, distribution))).ConfigureAwait(false);
        }

        await WriteAsync(writer, "nv_inference_pending_request_count", "gauge", "Instantaneous number of pending requests awaiting execution per-model", models, static model => model.QueueDepth).ConfigureAwait(false);
        await WriteAsync(writer, "nv_model_load_duration_secs", "gauge", "Model load time in seconds", models, static model => model.Model.LoadTime.TotalSeconds).ConfigureAwait(false);
        WriteGpus(writer, [.. snapshot.Accelerators.Select(static gpu => gpu.Sensors).Where(static gpu => gpu.UniqueId is not null)]);
        WriteMachine(writer, processors);
    }

    private static async Task WriteCountsAsync(PrometheusWriter writer, List<ModelSnapshot> models)
    {
        await WriteAsync(writer, "nv_inference_request_success", "counter", "Number of successful inference requests, all batch sizes", models, static model => model.Counts.Successes).ConfigureAwait(false);
        Begin(writer, "nv_inference_request_failure", "counter", "Number of failed inference requests, all batch sizes");
        foreach (var model in models)
        {
            WriteFailures(writer, model);
            await writer.FlushIfFullAsync().ConfigureAwait(false);
        }

        await WriteAsync(writer, "nv_inference_count", "counter", "Number of inferences performed (does not include cached requests)", models, static model => model.Counts.Rows).ConfigureAwait(false);
        await WriteAsync(writer, "nv_inference_exec_count", "counter", "Number of model executions performed (does not include cached requests)", models, static model => model.Counts.Executions).ConfigureAwait(false);
    }

    // What was refused before it was queued is no failure to Triton.
    private static void WriteFailures(PrometheusWriter writer, ModelSnapshot model)
    {
        var counts = model.Counts;
        var rejected = counts.GetCount(StatusCode.DeadlineExceeded);
        var cancelled = counts.GetCount(StatusCode.Cancelled);
        Write("REJECTED", rejected);
        Write("CANCELED", cancelled);
        Write("BACKEND", counts.RunErrors);
        Write("OTHER", Math.Max(0, counts.Errors - rejected - cancelled - counts.RunErrors - counts.Refused));

        void Write(string reason, long value) =>
            writer.WriteSample("nv_inference_request_failure", "", FailureLabels, [model.Model.ModelName, GetVersion(model), reason], value);
    }

    private static async Task WriteAsync(PrometheusWriter writer, string name, string type, string help, List<ModelSnapshot> models, Func<ModelSnapshot, double> read)
    {
        Begin(writer, name, type, help);
        foreach (var model in models)
        {
            writer.WriteSample(name, "", Labels, [model.Model.ModelName, GetVersion(model)], read(model));
            await writer.FlushIfFullAsync().ConfigureAwait(false);
        }
    }

    // Where Triton writes 0 for what a GPU does not tell, there is nothing.
    private static void WriteGpus(PrometheusWriter writer, IReadOnlyList<AcceleratorReading> gpus)
    {
        foreach (var (name, type, help, read) in Sensors)
        {
            List<(string UniqueId, double Value)> samples = [.. gpus.Where(gpu => read(gpu) is not null).Select(gpu => (gpu.UniqueId!, read(gpu)!.Value))];
            if (samples.Count > 0)
            {
                Begin(writer, name, type, help);
                samples.ForEach(sample => writer.WriteSample(name, "", GpuLabels, [sample.UniqueId], sample.Value));
            }
        }
    }

    private static void WriteMachine(PrometheusWriter writer, ProcessorReading processors)
    {
        if (processors.Utilization is { } utilization)
        {
            Write("nv_cpu_utilization", "CPU utilization rate [0.0 - 1.0]", utilization);
        }

        if (processors.TotalMemory is { } total && processors.UsedMemory is { } used)
        {
            Write("nv_cpu_memory_total_bytes", "CPU total memory (RAM), in bytes", total);
            Write("nv_cpu_memory_used_bytes", "CPU used memory (RAM), in bytes", used);
        }

        void Write(string name, string help, double value)
        {
            Begin(writer, name, "gauge", help);
            writer.WriteSample(name, "", NoLabels, [], value);
        }
    }

    private static void Begin(PrometheusWriter writer, string name, string type, string help) =>
        writer.BeginFamily(name, writer.IsOpenMetrics && type == "counter" ? "unknown" : type, help);

    private static double SumMicroseconds(ModelSnapshot model, RequestStage stage, LatencyDistribution distribution)
    {
        model.Model.Recorder.Read(stage, distribution);
        return Math.Floor(distribution.Sum.TotalMicroseconds);
    }

    private static string GetVersion(ModelSnapshot model) => model.Model.Number.ToString(CultureInfo.InvariantCulture);
}
