namespace Camshaft.Backends.Cuda.Devices;

/// <summary>How GPUs are used.</summary>
public sealed record CudaOptions
{
    /// <summary>Which part of a device's memory that is free at the start models and batches may take. Default: 0.9, so that other programs find some.</summary>
    public double MemoryFraction { get; init; } = 0.9;

    /// <summary>Which part of a device's multiprocessors only models with a share of their own run on; others keep to the rest. Default: 0 = none.</summary>
    public double ReservedShare { get; init; }

    /// <summary>How often a device with work is asked whether it still lives: one that has failed says nothing by itself. Default: 100 ms.</summary>
    public TimeSpan WatchPeriod { get; init; } = TimeSpan.FromMilliseconds(100);
}
