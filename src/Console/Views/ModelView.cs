namespace Camshaft.LiveConsole.Views;

/// <summary>What the page of one version shows.</summary>
/// <param name="Row">Its line of the overview.</param>
/// <param name="Time">When, in seconds since 1970.</param>
internal sealed record ModelView(ModelRow Row, double Time)
{
    /// <summary>The alerts that fire, the most severe first.</summary>
    public IReadOnlyList<AlertView> Alerts { get; init; } = [];

    /// <summary>How the model keeps its objective; empty when it has none.</summary>
    public IReadOnlyList<ObjectiveView> Objectives { get; init; } = [];

    /// <summary>Over how long the objective is counted, in seconds.</summary>
    public double? ObjectiveWindow { get; init; }

    /// <summary>Every alias of the server.</summary>
    public IReadOnlyList<AliasView> Aliases { get; init; } = [];

    /// <summary>Every version that is known of the model.</summary>
    public IReadOnlyList<VersionView> Versions { get; init; } = [];

    /// <summary>What the model is for.</summary>
    public string? Description { get; init; }

    /// <summary>Its inputs; null until it was loaded.</summary>
    public IReadOnlyList<TensorText>? Inputs { get; init; }

    /// <summary>Its outputs; null until it was loaded.</summary>
    public IReadOnlyList<TensorText>? Outputs { get; init; }

    /// <summary>How long it took to load, in milliseconds.</summary>
    public double LoadTime { get; init; }

    /// <summary>Host memory in bytes, mapped files included.</summary>
    public long HostMemory { get; init; }

    /// <summary>What of that is mapped from disk.</summary>
    public long MappedMemory { get; init; }

    /// <summary>Device memory in bytes.</summary>
    public long DeviceMemory { get; init; }

    /// <summary>The GPU on which it runs; null elsewhere.</summary>
    public ModelGpuView? Gpu { get; init; }

    /// <summary>How its requests join; null until that is decided.</summary>
    public BatchingView? Batching { get; init; }

    /// <summary>What runs of it take, by rows ascending.</summary>
    public IReadOnlyList<ProfilePoint> Profile { get; init; } = [];

    /// <summary>Counts of requests by how they ended.</summary>
    public IReadOnlyDictionary<string, long> Outcomes { get; init; } = new Dictionary<string, long>();

    /// <summary>Requests that were turned away because it was not ready.</summary>
    public long TurnedAway { get; init; }

    /// <summary>The last failed requests, newest first.</summary>
    public IReadOnlyList<RequestView> Errors { get; init; } = [];

    /// <summary>The slowest requests of the last minute, slowest first.</summary>
    public IReadOnlyList<RequestView> Slowest { get; init; } = [];

    /// <summary>The present column, or all of them with the first message: the last is not over yet.</summary>
    public IReadOnlyList<ColumnView> Columns { get; init; } = [];

    /// <summary>The upper bounds of the heat map's rows in milliseconds, ascending; with the first message only.</summary>
    public IReadOnlyList<double>? HeatBounds { get; init; }
}
