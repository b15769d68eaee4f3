namespace Camshaft.Testing.Cuda;

/// <summary>What a kernel computes: C# that stands for the one of the same name in a module, or what the module's PTX says.</summary>
/// <param name="Name">Its name.</param>
/// <param name="ArgumentByteSizes">The bytes of each argument.</param>
/// <param name="Run">Computes all of a launch.</param>
public sealed record SimulatedKernel(string Name, IReadOnlyList<int> ArgumentByteSizes, Action<SimulatedLaunch> Run)
{
    /// <summary>How many threads a block may have.</summary>
    public int MostThreads { get; init; } = 1024;

    /// <summary>How many threads a block has in each direction; empty = any number.</summary>
    public IReadOnlyList<int> RequiredThreads { get; init; } = [];

    /// <summary>The bytes of shared memory that it declares.</summary>
    public int SharedByteSize { get; init; }

    /// <summary>How long a launch takes by the devices' clock; null = as long as any operation (<see cref="SimulatedDriverOptions.OperationTime"/>).</summary>
    public TimeSpan? Time { get; init; }
}
