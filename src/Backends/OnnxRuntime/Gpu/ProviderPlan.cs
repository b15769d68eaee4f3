using System.Globalization;

namespace Camshaft.Backends.OnnxRuntime.Gpu;

/// <summary>What an execution provider is told for one session, apart from the stream.</summary>
internal static class ProviderPlan
{
    /// <summary>The settings of the CUDA execution provider.</summary>
    /// <param name="configuration">What the model says.</param>
    /// <param name="ordinal">The GPU.</param>
    public static IReadOnlyDictionary<string, string> ForCuda(SessionConfiguration configuration, int ordinal) => Merge(
        new Dictionary<string, string>
        {
            ["device_id"] = ordinal.ToString(CultureInfo.InvariantCulture),

            // Doubling, ONNX Runtime's way, is for a process that has the GPU to itself.
            ["arena_extend_strategy"] = "kSameAsRequested",
        },
        configuration,
        ProviderKind.Cuda);

    /// <summary>The settings of the TensorRT execution provider.</summary>
    /// <param name="configuration">What the model says.</param>
    /// <param name="ordinal">The GPU.</param>
    /// <param name="engines">Where engines are kept; null = nowhere.</param>
    public static IReadOnlyDictionary<string, string> ForTensorRt(SessionConfiguration configuration, int ordinal, EnginePlace? engines)
    {
        var settings = new Dictionary<string, string> { ["device_id"] = ordinal.ToString(CultureInfo.InvariantCulture) };
        if (engines is not null)
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
