namespace Camshaft.Backends;

/// <summary>What an accelerator says of itself at one moment. Null = this one does not say.</summary>
public readonly record struct AcceleratorReading
{
    /// <summary>What tells it from every other in the world, for example <c>GPU-8d7f…</c>.</summary>
    public string? UniqueId { get; init; }

    /// <summary>Since when it does not answer; null while it does. What else it does not say is null then, except which it is.</summary>
    public DateTimeOffset? SilentSince { get; init; }

    /// <summary>In which part of the last sample period something ran on it, 0 to 1.</summary>
    public double? Utilization { get; init; }

    /// <summary>All its memory, in bytes.</summary>
    public long? MemoryByteSize { get; init; }

    /// <summary>What of it is used, by whomever, in bytes.</summary>
    public long? UsedMemoryByteSize { get; init; }

    /// <summary>What it draws, in watts.</summary>
    public double? PowerWatts { get; init; }

    /// <summary>What it may draw, in watts.</summary>
    public double? PowerLimitWatts { get; init; }

    /// <summary>What it has drawn since the device was found, in joules.</summary>
    public double? EnergyJoules { get; init; }

    /// <summary>The chip's temperature, in degrees Celsius.</summary>
    public double? TemperatureCelsius { get; init; }
}
