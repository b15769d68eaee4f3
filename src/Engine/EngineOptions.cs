using Camshaft.Engine.Models;
using Camshaft.Engine.Scheduling.Policies;
using Camshaft.Engine.Telemetry;

namespace Camshaft.Engine;

/// <summary>What the engine is told when it starts. Immutable; the defaults suit a developer's machine.</summary>
public sealed record EngineOptions
{
    /// <summary>The directories of the model repository; a model's name must be in one of them only.</summary>
    public IReadOnlyList<string> ModelDirectories { get; init; } = ["models"];

    /// <summary>The directory whose folders are backend plugins. Default: <c>plugins</c> beside the program.</summary>
    public string PluginDirectory { get; init; } = Path.Combine(AppContext.BaseDirectory, "plugins");

    /// <summary>Who decides what is loaded.</summary>
    public ModelControlMode ControlMode { get; init; } = ModelControlMode.None;

    /// <summary>The models to load at start in <see cref="ModelControlMode.Explicit"/>; <c>*</c> alone means all.</summary>
    public IReadOnlyList<string> LoadModels { get; init; } = [];

    /// <summary>How many bytes of host memory tensors of requests may take together; null = 1 GiB, or a quarter of the container's memory limit if that is less.</summary>
    public long? TensorMemoryBudgetBytes { get; init; }

    /// <summary>How many requests may wait for tensor memory at once; one more is refused. Default: 1,024.</summary>
    public int TensorMemoryWaiterLimit { get; init; } = 1024;

    /// <summary>
    /// How many bytes of host memory models may take together; those that find no room are loaded on demand. Null = what the
    /// container's memory limit leaves beside tensors and the program, and without such a limit no bound.
    /// </summary>
    public long? ModelMemoryBudgetBytes { get; init; }

    /// <summary>How long a model stays in memory at least once it is there, unless its configuration says otherwise. Default: no time.</summary>
    public TimeSpan MinimumResidency { get; init; }

    /// <summary>
    /// How many processors the engine counts on: as many short runs, and as many longer ones beside them, run at once; 0 = as
    /// many as the process may use, and when that changes, as many as it may use then.
    /// </summary>
    public int CpuLaneCount { get; init; }

    /// <summary>
    /// How many batches are under way at once on each GPU. Two share their streams: one computes while the other copies. Default: 4.
    /// </summary>
    public int AcceleratorLaneCount { get; init; } = 4;

    /// <summary>How many more there are on each GPU for models with a share of it alone; 0 = they wait for the same as all others. Default: 0.</summary>
    public int AcceleratorShareLaneCount { get; init; }

    /// <summary>Who decides what runs next: one of <see cref="SchedulingPolicies.Names"/>.</summary>
    public string SchedulingPolicy { get; init; } = SchedulingPolicies.Default;

    /// <summary>How long a run may go on after everybody has stopped waiting for it before it is given up. Default: 10 s.</summary>
    public TimeSpan AbandonTimeout { get; init; } = TimeSpan.FromSeconds(10);

    /// <summary>How many requests may wait in a model's queue unless its configuration says otherwise. Default: 1,024.</summary>
    public int QueueLimit { get; init; } = 1024;

    /// <summary>How many models load at once. Default: 4, as Triton has it.</summary>
    public int ConcurrentLoads { get; init; } = 4;

    /// <summary>How long a stop waits for requests in flight before it cancels them. Default: 30 s.</summary>
    public TimeSpan DrainTimeout { get; init; } = TimeSpan.FromSeconds(30);

    /// <summary>
    /// Where backends may keep models that they have prepared for faster loads, each in a directory of its name; null = nowhere.
    /// Never the models' own directories. Several servers may share one.
    /// </summary>
    public string? ModelCacheDirectory { get; init; }

    /// <summary>How many bytes each backend may keep there; what was used longest ago goes first. Default: 10 GiB.</summary>
    public long ModelCacheByteSizeLimit { get; init; } = 10L << 30;

    /// <summary>A JSON file whose section <c>routing</c> has the rules and aliases that come before those of the models; watched. Null = there is none.</summary>
    public string? RoutingFile { get; init; }

    /// <summary>A file in which aliases that calls set outlast the server; null = they end with it.</summary>
    public string? AliasFile { get; init; }

    /// <summary>How long the run of a copy that nobody waits for may take. Default: 30 s.</summary>
    public TimeSpan ShadowTimeout { get; init; } = TimeSpan.FromSeconds(30);

    /// <summary>The tags of requests by whose values they are counted too, at most <see cref="TagTable.MostTags"/>. Default: none.</summary>
    public IReadOnlyList<string> MetricTags { get; init; } = [];

    /// <summary>How many values of each tag are told apart, at most <see cref="TagTable.MostValues"/>; what comes beyond is counted as <c>other</c>. Default: 32.</summary>
    public int MetricTagValueLimit { get; init; } = 32;

    /// <summary>Options for backends, by backend name, then by key.</summary>
    public IReadOnlyDictionary<string, IReadOnlyDictionary<string, string>> Backends { get; init; }
        = new Dictionary<string, IReadOnlyDictionary<string, string>>(StringComparer.OrdinalIgnoreCase);
}
