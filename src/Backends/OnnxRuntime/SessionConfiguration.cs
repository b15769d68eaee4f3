using System.Globalization;
using Camshaft.Backends.OnnxRuntime.Gpu;
using Camshaft.Backends.OnnxRuntime.Gpu.TensorRt;

namespace Camshaft.Backends.OnnxRuntime;

/// <summary>
/// How a session is to be made, read from a model's parameters. Names are Triton's where it has one; unlike Triton, a key
/// that nobody knows is an error, since it is a typing mistake far more often than a wish to be ignored.
/// </summary>
internal sealed record SessionConfiguration
{
    // More threads than any machine has processors; a number with a digit too many is refused instead of tried.
    private const int MaxThreads = 1024;

    private const string Accepted = "intra_op_num_threads (or intra_op_thread_count), inter_op_num_threads (or inter_op_thread_count), execution_mode, "
        + "optimization_level, enable_mem_arena, enable_mem_pattern, memory.enable_memory_arena_shrinkage, session.* and the options for GPUs in docs/gpu.md";

    /// <summary>Threads inside one run.</summary>
    public int IntraOpThreads { get; init; } = 1;

    /// <summary>Threads between operators. Without effect, as in Triton, since operators run one after the other.</summary>
    public int InterOpThreads { get; init; } = 1;

    /// <summary>How far the graph is rewritten before it runs.</summary>
    public GraphOptimization Optimization { get; init; } = GraphOptimization.All;

    /// <summary>Whether activations come from an arena that grows to the largest run and stays; null = ONNX Runtime's default (yes).</summary>
    public bool? MemoryArena { get; init; }

    /// <summary>Whether runs of one shape plan their memory beforehand; null = ONNX Runtime's default (yes).</summary>
    public bool? MemoryPattern { get; init; }

    /// <summary>The arenas to shrink after each run, in ONNX Runtime's form (<c>cpu:0</c>); null = none.</summary>
    public string? ArenaShrinkage { get; init; }

    /// <summary>Session configuration entries, passed on as they are.</summary>
    public IReadOnlyDictionary<string, string> Entries { get; init; } = new Dictionary<string, string>();

    /// <summary>Options of the execution providers that run on GPUs.</summary>
    public IReadOnlyList<ProviderSetting> Providers { get; init; } = [];

    /// <summary>Whether a load waits until TensorRT has built the model; otherwise CUDA serves meanwhile.</summary>
    public bool WaitsForTensorRt { get; init; }

    /// <summary>For which shapes TensorRT builds; null = the model does not say.</summary>
    public OptimizationProfile? Profile { get; init; }

    /// <summary>Whether runs on GPUs are recorded as CUDA graphs.</summary>
    public bool RecordsGraphs => Providers.LastOrDefault(static setting => setting is { Provider: ProviderKind.Cuda, Name: ProviderOptions.CudaGraphs }).Value == "1";

    /// <summary>Reads a model's parameters.</summary>
    /// <exception cref="BackendException">A key is unknown or a value is none of those it may have.</exception>
    public static SessionConfiguration Read(ModelSource source)
    {
        // Threads that wait for work by spinning take the processors from other models; a model may ask for it all the same.
        var entries = new Dictionary<string, string>
        {
            ["session.intra_op.allow_spinning"] = "0",
            ["session.inter_op.allow_spinning"] = "0",
        };
        var configuration = new SessionConfiguration { IntraOpThreads = source.ThreadsPerRun, Entries = entries };
        foreach (var (key, value) in source.Parameters)
        {
            if (key.StartsWith("session.", StringComparison.Ordinal))
            {
                entries[key] = value.Contains('\0', StringComparison.Ordinal) ? throw Refuse(source, key, value, "text without NUL") : value;
            }
            else
            {
                configuration = configuration.With(source, key, value);
            }
        }

        return configuration with { Profile = OptimizationProfile.Find(source, configuration.Providers) };
    }

    private SessionConfiguration With(ModelSource source, string key, string value) => key switch
    {
        // 0 leaves the choice to the server, as in Triton.
        "intra_op_num_threads" or "intra_op_thread_count" => Integer(source, key, value, MaxThreads) is > 0 and var threads ? this with { IntraOpThreads = threads } : this,

        "inter_op_num_threads" or "inter_op_thread_count" => this with { InterOpThreads = Integer(source, key, value, MaxThreads) },
        "execution_mode" => value == "0" ? this : throw Refuse(source, key, value, "0 (sequential), since several models share the processors"),
        "optimization_level" => this with { Optimization = Level(source, key, value) },
        "enable_mem_arena" => this with { MemoryArena = Boolean(source, key, value) },
        "enable_mem_pattern" => this with { MemoryPattern = Boolean(source, key, value) },
        "memory.enable_memory_arena_shrinkage" => this with { ArenaShrinkage = value == "cpu:0" ? value : throw Refuse(source, key, value, "cpu:0") },
        "trt_build" => this with { WaitsForTensorRt = value switch { "background" => false, "load" => true, _ => throw Refuse(source, key, value, "background or load") } },
        _ when ProviderOptions.Find(key) is { } option => this with { Providers = [.. Providers, option.Translate(value) ?? throw Refuse(source, key, value, option.Expected)] },
        _ => throw new BackendException(StatusCode.InvalidArgument, $"{source}: the parameter '{key}' is not known; the backend takes {Accepted}."),
    };

    private static GraphOptimization Level(ModelSource source, string key, string value) => value switch
    {
        "all" => GraphOptimization.All,
        "extended" => GraphOptimization.Extended,
        "basic" => GraphOptimization.Basic,
        "none" => GraphOptimization.None,
        _ => throw Refuse(source, key, value, "all, extended, basic or none"),
    };

    private static bool Boolean(ModelSource source, string key, string value) => value.ToLowerInvariant() switch
    {
        "true" or "on" or "1" => true,
        "false" or "off" or "0" => false,
        _ => throw Refuse(source, key, value, "true or false"),
    };

    private static int Integer(ModelSource source, string key, string value, int maximum)
        => int.TryParse(value, NumberStyles.None, CultureInfo.InvariantCulture, out var number) && number <= maximum
            ? number
            : throw Refuse(source, key, value, $"a number from 0 to {maximum}");

    private static BackendException Refuse(ModelSource source, string key, string value, string expected)
        => new(StatusCode.InvalidArgument, $"{source}: the parameter '{key}' is '{value}'; expected {expected}.");
}
