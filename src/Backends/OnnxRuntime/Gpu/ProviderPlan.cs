using System.Globalization;
using Camshaft.Backends.OnnxRuntime.Gpu.TensorRt;

namespace Camshaft.Backends.OnnxRuntime.Gpu;

/// <summary>What an execution provider is told for one session, apart from the stream.</summary>
internal static class ProviderPlan
{
    private const string ArenaLimit = "gpu_mem_limit";

    /// <summary>The settings of the CUDA execution provider.</summary>
    /// <param name="configuration">What the model says.</param>
    /// <param name="ordinal">The GPU.</param>
    /// <param name="arenaByteSizeLimit">How many bytes the arena may take, whatever more the model says.</param>
    public static IReadOnlyDictionary<string, string> ForCuda(SessionConfiguration configuration, int ordinal, long arenaByteSizeLimit)
    {
        var settings = Merge(
            new Dictionary<string, string>
            {
                ["device_id"] = ordinal.ToString(CultureInfo.InvariantCulture),

                // Doubling, ONNX Runtime's way, is for a process that has the GPU to itself.
                ["arena_extend_strategy"] = "kSameAsRequested",
            },
            configuration,
            ProviderKind.Cuda);
        if (arenaByteSizeLimit < long.MaxValue && !(settings.TryGetValue(ArenaLimit, out var stated) && ulong.Parse(stated, CultureInfo.InvariantCulture) <= (ulong)arenaByteSizeLimit))
        {
            settings[ArenaLimit] = arenaByteSizeLimit.ToString(CultureInfo.InvariantCulture);
        }

        return settings;
    }

    /// <summary>How many bytes each session's arena may take, so that all of them together stay within the model's limit.</summary>
    /// <param name="terms">What the model is to have.</param>
    /// <param name="sessionsPerLane">How many sessions a lane may have at the same time.</param>
    public static long DivideMemory(AcceleratorTerms terms, int sessionsPerLane) =>
        terms.MemoryLimit == long.MaxValue ? long.MaxValue : terms.MemoryLimit / (terms.LaneCount * sessionsPerLane);

    /// <summary>The settings of the TensorRT execution provider.</summary>
    /// <param name="configuration">What the model says.</param>
    /// <param name="ordinal">The GPU.</param>
    /// <param name="plan">What it builds, and where it keeps that.</param>
    public static IReadOnlyDictionary<string, string> ForTensorRt(SessionConfiguration configuration, int ordinal, TensorRtPlan plan)
    {
        var settings = new Dictionary<string, string> { ["device_id"] = ordinal.ToString(CultureInfo.InvariantCulture) };
        plan.Profile?.AddTo(settings);
        if (plan.Engines is { } engines)
        {
            settings["trt_engine_cache_enable"] = "1";
            settings["trt_engine_cache_path"] = engines.EnginePath;
            settings["trt_timing_cache_enable"] = "1";
            settings["trt_timing_cache_path"] = engines.TimingPath;
        }

        return Merge(settings, configuration, ProviderKind.TensorRt);
    }

    private static Dictionary<string, string> Merge(Dictionary<string, string> settings, SessionConfiguration configuration, ProviderKind provider)
    {
        foreach (var setting in configuration.Providers)
        {
            if (setting.Provider == provider && setting.Value is { } value)
            {
                settings[setting.Name] = value;
            }
        }

        return settings;
    }
}
