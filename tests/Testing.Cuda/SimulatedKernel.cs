namespace Camshaft.Testing.Cuda;

/// <summary>A kernel in C#: stands for the one of the same name in a module.</summary>
/// <param name="Name">Its name.</param>
/// <param name="ArgumentByteSizes">The bytes of each argument.</param>
/// <param name="Run">Computes all of a launch.</param>
public sealed record SimulatedKernel(string Name, IReadOnlyList<int> ArgumentByteSizes, Action<SimulatedLaunch> Run)
{
    /// <summary>How long a launch takes by the devices' clock; null = as long as any operation (<see cref="SimulatedDriverOptions.OperationTime"/>).</summary>
    public TimeSpan? Time { get; init; }
}
