namespace Camshaft.Testing.Cuda;

/// <summary>What the simulated management library says of a GPU, in the library's units. Null = that this one does not tell.</summary>
public sealed record SimulatedSensors
{
    /// <summary>What tells it from every other.</summary>
    public string? Uuid { get; init; }

    /// <summary>Percent of the time in which a kernel ran.</summary>
    public uint? Utilization { get; init; }

    /// <summary>Bytes of its memory, all and used.</summary>
    public (ulong Total, ulong Used)? Memory { get; init; }

    /// <summary>What it draws.</summary>
    public uint? PowerMilliwatts { get; init; }

    /// <summary>What it may draw.</summary>
    public uint? PowerLimitMilliwatts { get; init; }

    /// <summary>What it has drawn since its driver was loaded.</summary>
    public ulong? EnergyMillijoules { get; init; }

    /// <summary>The chip's temperature.</summary>
    public uint? Celsius { get; init; }
}
