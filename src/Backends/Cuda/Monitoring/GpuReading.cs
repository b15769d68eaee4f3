namespace Camshaft.Backends.Cuda.Monitoring;

/// <summary>What a GPU says of itself at one moment. Null = this one does not say.</summary>
public readonly record struct GpuReading
{
    /// <summary>In which part of the last sample period a kernel ran, 0 to 1.</summary>
    public double? Utilization { get; init; }

    /// <summary>The bytes of its memory that are used, by whomever.</summary>
    public long? MemoryUsedBytes { get; init; }

    /// <summary>What it draws, in watts.</summary>
    public double? PowerWatts { get; init; }

    /// <summary>The chip's temperature, in degrees Celsius.</summary>
    public double? TemperatureCelsius { get; init; }
}
