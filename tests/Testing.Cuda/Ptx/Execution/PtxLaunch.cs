using Camshaft.Backends.Cuda;

namespace Camshaft.Testing.Cuda.Ptx.Execution;

/// <summary>One launch of a kernel: its blocks run one after the other, in an order that comes from the seed.</summary>
/// <remarks>
/// Blocks that depend on each other without saying so are found by what they touch (<see cref="RaceDetector"/>), not by running beside
/// each other.
/// </remarks>
internal sealed class PtxLaunch(PtxKernel kernel, SimulatedLaunch launch, int seed)
{
    public PtxKernel Kernel => kernel;

    public CudaExtent Grid => launch.Grid;

    public CudaExtent Block => launch.Block;

    /// <summary>Bytes of shared memory beside what the kernel declares.</summary>
    public int SharedByteSize => launch.SharedByteSize;

    public GlobalMemory Global { get; } = new(launch);

    /// <summary>A parameter's bytes.</summary>
    public ReadOnlySpan<byte> GetParameter(int index) => launch.GetBytes(index);

    /// <summary>Runs all of it.</summary>
    /// <exception cref="Misuse">A GPU would fault, or do what nobody can rely on.</exception>
    public void Run()
    {
        var random = new Random(seed);
        var block = new PtxBlock(this, random);
        int[] order = [.. Enumerable.Range(0, checked((int)((long)Grid.X * Grid.Y * Grid.Z)))];
        random.Shuffle(order);
        foreach (var number in order)
        {
            block.Run(number);
        }
    }
}
