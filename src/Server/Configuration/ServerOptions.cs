using System.ComponentModel.DataAnnotations;
using Camshaft.Engine;
using Camshaft.Engine.Models;

namespace Camshaft.Server.Configuration;

/// <summary>What the server is told, from <c>camshaft.json</c>, the environment and the command line. <c>docs/configuration.md</c> describes it.</summary>
internal sealed class ServerOptions
{
    private const int MaxPort = 65535;

    /// <summary>The directories of the model repository.</summary>
    [MinLength(1)]
    public string[] Models { get; set; } = [];

    /// <summary>The name or address to listen on.</summary>
    [Required]
    public string Host { get; set; } = "localhost";

    /// <summary>The port of KServe V2 over HTTP; 0 = any free one.</summary>
    [Range(0, MaxPort)]
    public int HttpPort { get; set; } = 8000;

    /// <summary>The port of KServe V2 over gRPC.</summary>
    [Range(0, MaxPort)]
    public int GrpcPort { get; set; } = 8001;

    /// <summary>The port of the metrics.</summary>
    [Range(0, MaxPort)]
    public int MetricsPort { get; set; } = 8002;

    /// <summary>The port of the binary protocol.</summary>
    [Range(0, MaxPort)]
    public int BinaryPort { get; set; } = 8003;

    /// <summary>The path of the binary protocol's Unix socket; null = none.</summary>
    public string? BinarySocket { get; set; }

    /// <summary>The directory of the backend plugins; null = <c>plugins</c> beside the program.</summary>
    public string? Plugins { get; set; }

    /// <summary>Who decides what is loaded.</summary>
    [EnumDataType(typeof(ModelControlMode))]
    public ModelControlMode ModelControlMode { get; set; }

    /// <summary>The models to load at start when the control mode is explicit.</summary>
    public string[] LoadModels { get; set; } = [];

    /// <summary>How many bytes of memory the tensors of requests may take together.</summary>
    [Range(1L << 20, long.MaxValue)]
    public long TensorMemoryBytes { get; set; } = 1L << 30;

    /// <summary>The longest request body, in bytes.</summary>
    [Range(1L << 10, long.MaxValue)]
    public long MaxRequestBodyBytes { get; set; } = 1L << 30;

    /// <summary>How many requests may wait in a model's queue unless its own configuration says otherwise.</summary>
    [Range(1, 1_000_000)]
    public int QueueSize { get; set; } = 1024;

    /// <summary>How many batches the processors run at once; 0 = twice as many as there are processors.</summary>
    [Range(0, 4096)]
    public int CpuLanes { get; set; }

    /// <summary>How many models load at once.</summary>
    [Range(1, 256)]
    public int ConcurrentLoads { get; set; } = 4;

    /// <summary>How long a stop waits for requests in flight, in seconds.</summary>
    [Range(0, 3600)]
    public int DrainSeconds { get; set; } = 30;

    /// <summary>From which level on messages are logged.</summary>
    [EnumDataType(typeof(LogLevel))]
    public LogLevel LogLevel { get; set; } = LogLevel.Information;

    /// <summary>How log lines are written.</summary>
    [EnumDataType(typeof(LogFormat))]
    public LogFormat LogFormat { get; set; }

    /// <summary>Options for backends, by backend name, then by key.</summary>
    public Dictionary<string, Dictionary<string, string>> Backends { get; set; } = new(StringComparer.OrdinalIgnoreCase);

    /// <summary>The engine's part of it.</summary>
    public EngineOptions ToEngineOptions()
    {
        var options = new EngineOptions
        {
            ModelDirectories = Models,
            ControlMode = ModelControlMode,
            LoadModels = LoadModels,
            TensorMemoryBudgetBytes = TensorMemoryBytes,
            QueueLimit = QueueSize,
            CpuLaneCount = CpuLanes,
            ConcurrentLoads = ConcurrentLoads,
            DrainTimeout = TimeSpan.FromSeconds(DrainSeconds),
            Backends = Backends.ToDictionary(
                static backend => backend.Key, static backend => (IReadOnlyDictionary<string, string>)backend.Value, StringComparer.OrdinalIgnoreCase),
        };
        return Plugins is null ? options : options with { PluginDirectory = Plugins };
    }
}
