namespace Camshaft.Testing.Cuda;

/// <summary>What kind of driver and devices are simulated.</summary>
public sealed record SimulatedDriverOptions
{
    /// <summary>Decides in which of the allowed orders work runs.</summary>
    public int Seed { get; init; }

    /// <summary>How many devices there are.</summary>
    public int DeviceCount { get; init; } = 1;

    /// <summary>The bytes of memory that each has.</summary>
    public long MemoryByteSize { get; init; } = 64 << 20;

    /// <summary>How many multiprocessors each has, 64 at most.</summary>
    public int MultiprocessorCount { get; init; } = 32;

    /// <summary>The newest version of CUDA that it knows.</summary>
    public int Version { get; init; } = 12080;

    /// <summary>Functions that it lacks, by their names without a version.</summary>
    public IReadOnlyCollection<string> MissingFunctions { get; init; } = [];

    /// <summary>Whether enqueued work runs on a thread of its own. Otherwise it runs when somebody waits or asks, or <see cref="SimulatedDriver.Run"/> is called.</summary>
    public bool RunsByItself { get; init; }

    /// <summary>How long an operation takes by the devices' clock, which events read; kernels may say otherwise.</summary>
    public TimeSpan OperationTime { get; init; } = TimeSpan.FromMilliseconds(1);

    /// <summary>Which of every <see cref="WaitsPerRound"/> waits of a stream for an event is left out, to see whether that is noticed; -1 = none.</summary>
    public int DroppedWait { get; init; } = -1;

    /// <summary>How many waits there are before <see cref="DroppedWait"/> counts anew.</summary>
    public int WaitsPerRound { get; init; } = 1;

    /// <summary>Whether a handle that is open already can be opened again and counts then, as the documentation of CUDA 12 has it; otherwise it is refused, as older ones say.</summary>
    public bool CountsOpenHandles { get; init; } = true;
}
