using System.ComponentModel.DataAnnotations;
using Camshaft.Backends;
using Camshaft.Backends.Cuda.Devices;
using Camshaft.Engine;
using Camshaft.Engine.Models;
using Camshaft.Engine.Scheduling.Policies;
using Camshaft.Server.Configuration.Alerts;
using Microsoft.Extensions.Options;

namespace Camshaft.Server.Configuration;

/// <summary>What the server is told, from <c>camshaft.json</c>, the environment and the command line. The attributes are its documentation.</summary>
internal sealed class ServerOptions
{
    private const int MaxPort = 65535;
    private const string ModelCacheOff = "off";

    [MinLength(1)]
    [Setting("A directory of models, laid out as DIR/<model>/<version>/<file>; several are one repository", Flag = "--models", FlagAliases = ["--model-repository", "--model-store"], Default = "models", IsPath = true)]
    public string[] Models { get; set; } = [];

    [Required]
    [Setting("The name or address to listen on; '*' is every address", Flag = "--host")]
    public string Host { get; set; } = "localhost";

    [Range(0, MaxPort)]
    [Setting("The port of KServe V2 over HTTP; 0 = any free one", Flag = "--http-port")]
    public int HttpPort { get; set; } = 8000;

    [Range(0, MaxPort)]
    [Setting("The port of KServe V2 over gRPC; not in this version", Flag = "--grpc-port")]
    public int GrpcPort { get; set; } = 8001;

    [Range(-1, MaxPort)]
    [Setting("The port of the metrics for Prometheus; 0 = any free one, -1 = none", Flag = "--metrics-port")]
    public int MetricsPort { get; set; } = 8002;

    [Range(-1, MaxPort)]
    [Setting("The port of the binary protocol; 0 = any free one, -1 = none", Flag = "--binary-port")]
    public int BinaryPort { get; set; } = 8003;

    [Setting("Whether the HTTP port has the console, and what 'camshaft top' reads", Flag = "--console")]
    public bool Console { get; set; } = true;

    [Setting("A Unix socket for the binary protocol", Flag = "--binary-socket", IsPath = true)]
    public string? BinarySocket { get; set; }

    [EnumDataType(typeof(BinaryIo))]
    [Setting("Who serves the sockets of the binary protocol: kestrel = the web server; epoll = loops made for it, on Linux; with TLS it is always kestrel", Flag = "--binary-io", Default = "epoll on Linux, else kestrel")]
    public BinaryIo BinaryIo { get; set; } = OperatingSystem.IsLinux() ? BinaryIo.Epoll : BinaryIo.Kestrel;

    [Setting("The directory of the backend plugins", Flag = "--plugins", Default = "plugins beside the program", IsPath = true)]
    public string? Plugins { get; set; }

    [EnumDataType(typeof(ModelControlMode))]
    [Setting("Who decides what is loaded: none = all models, at start; explicit = what is asked for, at start or by load calls", Flag = "--model-control-mode")]
    public ModelControlMode ModelControlMode { get; set; }

    [Setting("With the control mode explicit, a model to load at start; '*' alone = all", Flag = "--load-model")]
    public string[] LoadModels { get; set; } = [];

    [Range(1L << 20, long.MaxValue)]
    [Setting("What the tensors of all requests may take together; requests beyond wait", Unit = "bytes", Flag = "--tensor-memory-bytes", Default = "1073741824, at most a quarter of a container's memory")]
    public long? TensorMemoryBytes { get; set; }

    [Range(1L << 20, long.MaxValue)]
    [Setting("What models may take together; those that find no room are loaded when they are asked for, and others leave for them", Unit = "bytes", Flag = "--memory-budget", Default = "what a container's memory leaves; else no bound")]
    public long? MemoryBudget { get; set; }

    [Range(0, 86_400)]
    [Setting("How long a model stays in memory at least once it is there, unless its model.yaml says otherwise", Unit = "seconds")]
    public int MinimumResidencySeconds { get; set; }

    [Range(1, 1_000_000)]
    [Setting("How many requests may wait for a model unless its model.yaml says otherwise; one more is refused", Unit = "requests")]
    public int QueueSize { get; set; } = 1024;

    [Range(0, 4096)]
    [Setting("How many processors the engine counts on: as many short runs at once, and beside them as many long ones and one more; 0 = as many as there are", Unit = "processors")]
    public int CpuLanes { get; set; }

    [Range(1, 64)]
    [Setting("How many batches are under way at once on each GPU; two share their streams, so that one computes while the other copies", Unit = "batches")]
    public int GpuLanes { get; set; } = 4;

    [Range(0.05, 1)]
    [Setting("Which part of a GPU's memory that is free at the start models and their batches may take")]
    public double GpuMemoryFraction { get; set; } = 0.9;

    [Range(0, 0.95)]
    [Setting("Which part of each GPU's multiprocessors only models with a device_share run on, so that others never take them; 0 = none")]
    public double GpuReservedShare { get; set; }

    [AllowedValues("deadline", "size_class", "fifo")]
    [Setting("Who decides what runs next: deadline = what the models' slo asks for; size_class = in order of arrival, short runs apart from long ones; fifo = in order of arrival", Flag = "--scheduling-policy")]
    public string SchedulingPolicy { get; set; } = SchedulingPolicies.Default;

    [Range(1, 3600)]
    [Setting("How long a run may go on after everybody has stopped waiting for it; then its model is taken out of service", Unit = "seconds")]
    public int AbandonSeconds { get; set; } = 10;

    [Range(1, 256)]
    [Setting("How many models load at once", Unit = "models")]
    public int ConcurrentLoads { get; set; } = 4;

    [Setting("A directory for models that are prepared for faster loads, which several servers may share; off = none", Flag = "--model-cache", Default = "camshaft in the user's cache directory", IsPath = true, Keyword = ModelCacheOff)]
    public string? ModelCache { get; set; }

    [Range(1L << 20, long.MaxValue)]
    [Setting("What each backend's prepared models may take there; those used longest ago go first", Unit = "bytes", Flag = "--model-cache-bytes")]
    public long ModelCacheBytes { get; set; } = 10L << 30;

    [Setting("A file in which aliases that are set by calls outlast a restart; without one they end with the server", Flag = "--alias-file", IsPath = true)]
    public string? AliasFile { get; set; }

    [Range(0, 3600)]
    [Setting("How long a stop goes on serving while it says that it is not ready, for load balancers to look elsewhere", Unit = "seconds")]
    public int GraceSeconds { get; set; }

    [Range(0, 3600)]
    [Setting("How long a stop waits for requests in flight, after the grace time", Unit = "seconds")]
    public int DrainSeconds { get; set; } = 30;

    [EnumDataType(typeof(LogLevel))]
    [Setting("From which level on messages are logged, to the standard error stream", Flag = "--log-level")]
    public LogLevel LogLevel { get; set; } = LogLevel.Information;

    [EnumDataType(typeof(LogFormat))]
    [Setting("How messages are logged, one line each", Flag = "--log-format")]
    public LogFormat LogFormat { get; set; }

    [ValidateObjectMembers]
    public MetricsOptions Metrics { get; set; } = new();

    public TlsOptions Tls { get; set; } = new();

    public AccessSection Access { get; set; } = new();

    [ValidateObjectMembers]
    public LimitOptions Limits { get; set; } = new();

    public SharedMemorySection SharedMemory { get; set; } = new();

    [ValidateObjectMembers]
    public AlertsSection Alerts { get; set; } = new();

    [Setting("An option for a backend", KeyNames = ["backend", "option"])]
    public Dictionary<string, Dictionary<string, string>> Backends { get; set; } = new(StringComparer.OrdinalIgnoreCase);

    /// <summary>The configuration file, whose section <c>routing</c> the engine reads and watches; null = none.</summary>
    internal string? RoutingFile { get; set; }

    /// <summary>Finds the GPUs, as the options want them used.</summary>
    public CudaDeviceProvider CreateGpuProvider(TimeProvider timeProvider, IBackendLog log) => new(new CudaOptions { MemoryFraction = GpuMemoryFraction, ReservedShare = GpuReservedShare }, timeProvider, log);

    /// <summary>The engine's part of it.</summary>
    public EngineOptions ToEngineOptions()
    {
        var options = new EngineOptions
        {
            ModelDirectories = Models,
            ControlMode = ModelControlMode,
            LoadModels = LoadModels,
            TensorMemoryBudgetBytes = TensorMemoryBytes,
            ModelMemoryBudgetBytes = MemoryBudget,
            MinimumResidency = TimeSpan.FromSeconds(MinimumResidencySeconds),
            QueueLimit = QueueSize,
            CpuLaneCount = CpuLanes,
            AcceleratorLaneCount = GpuLanes,
            AcceleratorShareLaneCount = GpuReservedShare > 0 ? GpuLanes : 0,
            SchedulingPolicy = SchedulingPolicy,
            AbandonTimeout = TimeSpan.FromSeconds(AbandonSeconds),
            ConcurrentLoads = ConcurrentLoads,
            ModelCacheDirectory = string.Equals(ModelCache, ModelCacheOff, StringComparison.OrdinalIgnoreCase) ? null : ModelCache ?? CacheDirectory.FindDefault(),
            ModelCacheByteSizeLimit = ModelCacheBytes,
            RoutingFile = RoutingFile,
            AliasFile = AliasFile,
            MetricTags = Metrics.Tags,
            MetricTagValueLimit = Metrics.TagValues,
            DrainTimeout = TimeSpan.FromSeconds(DrainSeconds),
            Backends = Backends.ToDictionary(
                static backend => backend.Key, static backend => (IReadOnlyDictionary<string, string>)backend.Value, StringComparer.OrdinalIgnoreCase),
        };
        return Plugins is null ? options : options with { PluginDirectory = Plugins };
    }
}
