using System.Globalization;
using System.Text.Json;
using Camshaft.Backends;
using Camshaft.Engine.Models;
using Camshaft.Engine.Models.Configuration;
using Camshaft.Engine.Scheduling.Planning;

namespace Camshaft.Transport.Http.Endpoints;

/// <summary>
/// A model's configuration in the form of Triton's ModelConfig message: after completion from the model file, 64-bit
/// integers as numbers, scalar and repeated fields always there, messages only where they are set. Dimensions are full
/// shapes and <c>max_batch_size</c> is 0, which says just that.
/// </summary>
internal static class ModelConfigJson
{
    public static void Write(Utf8JsonWriter writer, ModelVersion model)
    {
        writer.WriteStartObject();
        writer.WriteString("name"u8, model.ModelName);
        writer.WriteString("platform"u8, model.Platform);
        writer.WriteString("backend"u8, model.BackendName);
        WriteVersionPolicy(writer, model.Configuration.VersionPolicy);
        writer.WriteNumber("max_batch_size"u8, 0);
        WriteTensors(writer, "input", model.Signature!.Inputs, isInput: true);
        WriteTensors(writer, "output", model.Signature.Outputs, isInput: false);
        WriteEmptyArrays(writer, "batch_input", "batch_output", "model_warmup");
        WriteInstanceGroup(writer, model);
        writer.WriteString("default_model_filename"u8, model.Configuration.FileName ?? "");
        WriteEmptyObjects(writer, "cc_model_filenames", "metric_tags");
        WriteParameters(writer, model);
        writer.WriteEndObject();
    }

    private static void WriteVersionPolicy(Utf8JsonWriter writer, VersionPolicy policy)
    {
        writer.WriteStartObject("version_policy"u8);
        switch (policy)
        {
            case VersionPolicy.Latest latest:
                writer.WriteStartObject("latest"u8);
                writer.WriteNumber("num_versions"u8, latest.Count);
                break;
            case VersionPolicy.Specific specific:
                writer.WriteStartObject("specific"u8);
                writer.WriteStartArray("versions"u8);
                foreach (var version in specific.Versions)
                {
                    writer.WriteNumberValue(version);
                }

                writer.WriteEndArray();
                break;
            default:
                writer.WriteStartObject("all"u8);
                break;
        }

        writer.WriteEndObject();
        writer.WriteEndObject();
    }

    private static void WriteTensors(Utf8JsonWriter writer, string name, IReadOnlyList<TensorSpec> tensors, bool isInput)
    {
        writer.WriteStartArray(name);
        foreach (var tensor in tensors)
        {
            writer.WriteStartObject();
            writer.WriteString("name"u8, tensor.Name);
            writer.WriteString("data_type"u8, tensor.DataType.ConfigName);
            if (isInput)
            {
                writer.WriteString("format"u8, "FORMAT_NONE");
            }

            writer.WriteStartArray("dims"u8);
            foreach (var length in tensor.Shape.Dimensions)
            {
                writer.WriteNumberValue(length);
            }

            writer.WriteEndArray();
            writer.WriteBoolean("is_shape_tensor"u8, false);
            writer.WriteBoolean("is_non_linear_format_io"u8, false);
            if (isInput)
            {
                writer.WriteBoolean("allow_ragged_batch"u8, false);
                writer.WriteBoolean("optional"u8, tensor.IsOptional);
            }
            else
            {
                writer.WriteString("label_filename"u8, "");
            }

            writer.WriteEndObject();
        }

        writer.WriteEndArray();
    }

    private static void WriteInstanceGroup(Utf8JsonWriter writer, ModelVersion model)
    {
        writer.WriteStartArray("instance_group"u8);
        writer.WriteStartObject();
        writer.WriteString("name"u8, model.ModelName);
        writer.WriteString("kind"u8, model.Device!.Kind == DeviceKind.Cpu ? "KIND_CPU" : "KIND_GPU");
        writer.WriteNumber("count"u8, model.Configuration.Limits.Concurrency ?? 1);
        writer.WriteStartArray("gpus"u8);
        if (model.Device.Kind == DeviceKind.Cuda)
        {
            writer.WriteNumberValue(model.Device.Ordinal);
        }

        writer.WriteEndArray();
        writer.WriteEndObject();
        writer.WriteEndArray();
    }

    private static void WriteParameters(Utf8JsonWriter writer, ModelVersion model)
    {
        writer.WriteStartObject("parameters"u8);
        foreach (var (key, value) in model.Configuration.Parameters)
        {
            WriteParameter(writer, key, value);
        }

        // What the server found out itself goes by its name, so that it meets no key of a backend's.
        if (model.Batching is { } batching)
        {
            WriteParameter(writer, "camshaft.max_batch_rows", batching.MaxRows.ToString(CultureInfo.InvariantCulture));
            WriteParameter(writer, "camshaft.batching", batching.Reason);
        }

        if (model.RunCosts.Count > 0)
        {
            WriteParameter(writer, "camshaft.run_time", string.Join(", ", model.RunCosts.Select(static cost =>
                string.Create(CultureInfo.InvariantCulture, $"{cost.Rows}: {cost.Cpu.TotalMilliseconds:0.###} ms"))));
        }

        if (model.Plan is { } plan)
        {
            WritePlan(writer, plan);
        }

        if (model.Configuration.Outputs.Any(static output => output.Range is not null))
        {
            WriteParameter(writer, "camshaft.failed_output_checks", model.Recorder.FailedOutputChecks.ToString(CultureInfo.InvariantCulture));
        }

        WriteMemory(writer, model);
        writer.WriteEndObject();
    }

    private static void WritePlan(Utf8JsonWriter writer, PlanDescription plan)
    {
        WriteParameter(writer, "camshaft.lanes", plan.Lanes.ToString().ToLowerInvariant());
        WriteParameter(writer, "camshaft.target_batch_rows", plan.TargetRows.ToString(CultureInfo.InvariantCulture));
        WriteParameter(writer, "camshaft.target_run_time", Format(plan.RunTime));
        if (plan.QueueDeadline is { } deadline)
        {
            WriteParameter(writer, "camshaft.queue_deadline", Format(deadline));
        }

        static string Format(TimeSpan time) => string.Create(CultureInfo.InvariantCulture, $"{time.TotalMilliseconds:0.###} ms");
    }

    private static void WriteMemory(Utf8JsonWriter writer, ModelVersion model)
    {
        WriteParameter(writer, "camshaft.residency", model.State == ModelState.Standby ? "standby" : "memory");
        WriteParameter(writer, "camshaft.memory_bytes", model.Footprint.HostByteSize.ToString(CultureInfo.InvariantCulture));
        WriteParameter(writer, "camshaft.mapped_bytes", model.Footprint.MappedByteSize.ToString(CultureInfo.InvariantCulture));
        if (model.Footprint.DeviceByteSize > 0)
        {
            WriteParameter(writer, "camshaft.device_memory_bytes", model.Footprint.DeviceByteSize.ToString(CultureInfo.InvariantCulture));
        }

        if (model.Note is { } note)
        {
            WriteParameter(writer, "camshaft.note", note);
        }

        WriteParameter(writer, "camshaft.load_time", string.Create(CultureInfo.InvariantCulture, $"{model.LoadTime.TotalMilliseconds:0.#} ms"));
    }

    private static void WriteParameter(Utf8JsonWriter writer, string key, string value)
    {
        writer.WriteStartObject(key);
        writer.WriteString("string_value"u8, value);
        writer.WriteEndObject();
    }

    private static void WriteEmptyArrays(Utf8JsonWriter writer, params ReadOnlySpan<string> names)
    {
        foreach (var name in names)
        {
            writer.WriteStartArray(name);
            writer.WriteEndArray();
        }
    }

    private static void WriteEmptyObjects(Utf8JsonWriter writer, params ReadOnlySpan<string> names)
    {
        foreach (var name in names)
        {
            writer.WriteStartObject(name);
            writer.WriteEndObject();
        }
    }
}
