using Camshaft.Backends.Cuda;

namespace Camshaft.Testing.Cuda;

/// <summary>What a launch may ask for: the limits of every GPU since compute capability 3.0.</summary>
internal static class LaunchLimits
{
    /// <summary>What a block may have of shared memory in all without asking for more.</summary>
    public const int UsualSharedBytes = 48 * 1024;

    /// <summary>What it may have if it asks: a GPU of compute capability 9.0.</summary>
    public const int MostSharedBytes = 227 * 1024;

    private const uint MostThreads = 1024;
    private const uint LargestBlockZ = 64;
    private const uint LargestGridX = int.MaxValue;
    private const uint LargestGrid = ushort.MaxValue;

    public static bool Allow(SimulatedKernel kernel, CudaExtent grid, CudaExtent block, uint sharedByteSize, int mostShared) =>
        grid is { X: > 0 and <= LargestGridX, Y: > 0 and <= LargestGrid, Z: > 0 and <= LargestGrid }
        && block is { X: > 0 and <= MostThreads, Y: > 0 and <= MostThreads, Z: > 0 and <= LargestBlockZ }
        && block.X * block.Y * block.Z <= kernel.MostThreads
        && sharedByteSize <= mostShared
        && (kernel.RequiredThreads.Count == 0 || ((IReadOnlyList<int>)[(int)block.X, (int)block.Y, (int)block.Z]).SequenceEqual(Pad(kernel.RequiredThreads)));

    private static IEnumerable<int> Pad(IReadOnlyList<int> threads) => threads.Concat(Enumerable.Repeat(1, 3 - threads.Count));
}
