namespace Camshaft.LiveConsole.Views;

/// <summary>A GPU at one moment. What it does not tell is null.</summary>
/// <param name="Device">Which, such as <c>cuda:0</c>.</param>
/// <param name="Name">The card's name.</param>
internal sealed record GpuView(string Device, string Name)
{
    /// <summary>Why it cannot be used any more; null while it can.</summary>
    public string? Fault { get; init; }

    /// <summary>Since when its sensors do not answer, in seconds since 1970; null while they do.</summary>
    public double? SilentSince { get; init; }

    /// <summary>In which part of the last sample period a kernel ran, 0 to 1.</summary>
    public double? Utilization { get; init; }

    /// <summary>All its memory, in bytes.</summary>
    public long Memory { get; init; }

    /// <summary>What of it is used, by whomever.</summary>
    public long? UsedMemory { get; init; }

    /// <summary>What models and their batches take.</summary>
    public long ModelMemory { get; init; }

    /// <summary>What they may take.</summary>
    public long ModelBudget { get; init; }

    /// <summary>What it draws, in watts.</summary>
    public double? Power { get; init; }

    /// <summary>What it may draw.</summary>
    public double? PowerLimit { get; init; }

    /// <summary>The chip's temperature, in degrees Celsius.</summary>
    public double? Temperature { get; init; }

    /// <summary>How many lanes it has.</summary>
    public int Lanes { get; init; }

    /// <summary>How many of them have a batch now.</summary>
    public int BusyLanes { get; init; }

    /// <summary>Those of its models that compute most, then those that take most memory.</summary>
    public IReadOnlyList<GpuModelView> Models { get; init; } = [];

    /// <summary>How many models are on it that are not among <see cref="Models"/>.</summary>
    public int MoreModels { get; init; }
}
