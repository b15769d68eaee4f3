using System.Globalization;
using System.Text.Json;
using Camshaft.Backends;
using Camshaft.Engine;
using Camshaft.Engine.Models;
using Camshaft.Engine.Telemetry;
using Microsoft.AspNetCore.Http;

namespace Camshaft.Transport.Http.Endpoints;

/// <summary>What models have done so far, as Triton's extension <c>statistics</c> says it. There is no cache of answers, and so no hit.</summary>
internal sealed class StatisticsEndpoints(InferenceEngine engine)
{
    public Task AllAsync(HttpContext context) =>
        WriteAsync(context, engine.Models.List().SelectMany(static entry => entry.Versions).Where(IsServed));

    public Task ModelAsync(HttpContext context)
    {
        var route = ModelRoute.Of(context, engine);
        var version = route.Find(engine.Models);
        if (!IsServed(version))
        {
            throw new InvalidRequestException(new InferenceStatus(StatusCode.Unavailable, $"{version} is not ready: {version.Reason ?? version.State.ToString().ToLowerInvariant()}."));
        }

        return WriteAsync(context, route.Version >= 0 ? [version] : engine.Models.List().Single(entry => entry.Name == route.Name).Versions.Where(IsServed));
    }

    private static bool IsServed(ModelVersion version) => version.State is ModelState.Ready or ModelState.Standby;

    private static Task WriteAsync(HttpContext context, IEnumerable<ModelVersion> versions) =>
        JsonAnswer.WriteAsync(context, StatusCodes.Status200OK, versions, static (writer, versions) =>
        {
            writer.WriteStartObject();
            writer.WriteStartArray("model_stats"u8);
            foreach (var version in versions)
            {
                Write(writer, version);
            }

            writer.WriteEndArray();
            writer.WriteEndObject();
        });

    private static void Write(Utf8JsonWriter writer, ModelVersion version)
    {
        var counts = version.Recorder.ReadCounts();
        writer.WriteStartObject();
        writer.WriteString("name"u8, version.ModelName);
        writer.WriteString("version"u8, version.Number.ToString(CultureInfo.InvariantCulture));
        writer.WriteNumber("last_inference"u8, version.Recorder.LastEnded?.ToUnixTimeMilliseconds() ?? 0);
        writer.WriteNumber("inference_count"u8, counts.Rows);
        writer.WriteNumber("execution_count"u8, counts.Executions);
        WriteInferences(writer, version.Recorder, counts);

        // Of models alone that answer one request several times.
        writer.WriteStartObject("response_stats"u8);
        writer.WriteEndObject();
        WriteBatches(writer, version.Recorder.ReadBatchSizes());
        WriteMemory(writer, version);
        writer.WriteEndObject();
    }

    private static void WriteInferences(Utf8JsonWriter writer, ModelRecorder recorder, ModelCounts counts)
    {
        var distribution = new LatencyDistribution();
        writer.WriteStartObject("inference_stats"u8);
        WriteStages("success", RequestStage.Total);

        // What was refused before it was queued Triton does not count.
        WriteDuration(writer, "fail", counts.Errors - counts.Refused, counts.ErrorTime);
        WriteStages("queue", RequestStage.Queue, RequestStage.BatchWait);
        WriteStages("compute_input", RequestStage.CopyIn);
        WriteStages("compute_infer", RequestStage.Run);
        WriteStages("compute_output", RequestStage.CopyOut);
        WriteDuration(writer, "cache_hit", 0, TimeSpan.Zero);
        WriteDuration(writer, "cache_miss", 0, TimeSpan.Zero);
        writer.WriteEndObject();

        void WriteStages(string name, params ReadOnlySpan<RequestStage> stages)
        {
            var time = TimeSpan.Zero;
            foreach (var stage in stages)
            {
                recorder.Read(stage, distribution);
                time += distribution.Sum;
            }

            WriteDuration(writer, name, distribution.Count, time);
        }
    }

    private static void WriteBatches(Utf8JsonWriter writer, IReadOnlyList<BatchSizeCounts> sizes)
    {
        writer.WriteStartArray("batch_stats"u8);
        foreach (var size in sizes)
        {
            writer.WriteStartObject();
            writer.WriteNumber("batch_size"u8, size.Rows);
            WriteDuration(writer, "compute_input", size.Count, size.CopyIn);
            WriteDuration(writer, "compute_infer", size.Count, size.Run);
            WriteDuration(writer, "compute_output", size.Count, size.CopyOut);
            writer.WriteEndObject();
        }

        writer.WriteEndArray();
    }

    private static void WriteMemory(Utf8JsonWriter writer, ModelVersion version)
    {
        writer.WriteStartArray("memory_usage"u8);
        if (version.State == ModelState.Ready)
        {
            Write("CPU", 0, version.Footprint.HostByteSize);
            if (version.ReadDeviceMemory() is { UsedByteSize: > 0 } memory)
            {
                Write("GPU", version.Device!.Ordinal, memory.UsedByteSize);
            }
        }

        writer.WriteEndArray();

        void Write(string type, int id, long byteSize)
        {
            writer.WriteStartObject();
            writer.WriteString("type"u8, type);
            writer.WriteNumber("id"u8, id);
            writer.WriteNumber("byte_size"u8, byteSize);
            writer.WriteEndObject();
        }
    }

    private static void WriteDuration(Utf8JsonWriter writer, string name, long count, TimeSpan time)
    {
        writer.WriteStartObject(name);
        writer.WriteNumber("count"u8, count);
        writer.WriteNumber("ns"u8, time.Ticks * TimeSpan.NanosecondsPerTick);
        writer.WriteEndObject();
    }
}
