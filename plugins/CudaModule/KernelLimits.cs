using System.Globalization;
using Camshaft.Plugins.CudaModules.Expressions;

namespace Camshaft.Plugins.CudaModules;

/// <summary>
/// What a launch may ask for: the limits of every GPU since compute capability 3.0 (CUDA programming guide, technical specifications). The
/// driver's own refusal would name neither the kernel's extent nor the limit.
/// </summary>
internal static class KernelLimits
{
    /// <summary>How many threads a block may have. A kernel that needs many registers may have fewer.</summary>
    public const int MostThreads = 1024;

    /// <summary>How many bytes of shared memory a block may have without asking for more, what the kernel declares included.</summary>
    public const int UsualSharedBytes = 48 * 1024;

    /// <summary>How many it may have at most on any GPU up to compute capability 12.x.</summary>
    public const int MostSharedBytes = 227 * 1024;

    private static readonly long[] LargestGrid = [int.MaxValue, ushort.MaxValue, ushort.MaxValue];
    private static readonly long[] LargestBlock = [MostThreads, MostThreads, 64];

    /// <summary>Computes one extent of a grid; 1 where it has no such dimension.</summary>
    /// <exception cref="ExpressionException">It has no value, or is zero, negative or too large.</exception>
    public static uint GetGrid(Expression[] grid, int dimension, ReadOnlySpan<long> symbols) => Get(grid, dimension, symbols, "grid", LargestGrid[dimension]);

    /// <summary>Computes one extent of a block; 1 where it has no such dimension.</summary>
    /// <exception cref="ExpressionException">It has no value, or is zero, negative or too large.</exception>
    public static uint GetBlock(Expression[] block, int dimension, ReadOnlySpan<long> symbols) => Get(block, dimension, symbols, "block", LargestBlock[dimension]);

    /// <summary>Refuses a block of too many threads.</summary>
    /// <exception cref="ExpressionException">It has more than <paramref name="most"/>.</exception>
    public static void CheckThreads(long threads, int most)
    {
        if (threads > most)
        {
            throw new ExpressionException(string.Create(CultureInfo.InvariantCulture, $"its block has {threads} threads; expected at most {most}"));
        }
    }

    /// <summary>Computes the bytes of shared memory beside what the kernel declares.</summary>
    /// <param name="shared">The expression.</param>
    /// <param name="symbols">The lengths of the batch's dimensions.</param>
    /// <param name="declared">What the kernel declares.</param>
    /// <param name="most">How many there may be beside that.</param>
    /// <exception cref="ExpressionException">It has no value, or is negative or too large.</exception>
    public static uint GetShared(Expression shared, ReadOnlySpan<long> symbols, int declared, int most)
    {
        var value = shared.Evaluate(symbols);
        return value >= 0 && value <= most
            ? (uint)value
            : throw new ExpressionException(string.Create(
                CultureInfo.InvariantCulture, $"its shared memory, '{shared}', is {value} bytes beside {declared} that it declares; expected 0 to {most}"));
    }

    /// <summary>Refuses a grid that no shapes can make right.</summary>
    public static void CheckGrid(Expression[] grid)
    {
        for (var dimension = 0; dimension < grid.Length; dimension++)
        {
            if (grid[dimension].IsConstant)
            {
                GetGrid(grid, dimension, []);
            }
        }
    }

    /// <summary>Refuses a block that no shapes can make right.</summary>
    /// <param name="block">Its extents.</param>
    /// <param name="most">How many threads the kernel may have.</param>
    public static void CheckBlock(Expression[] block, int most = MostThreads)
    {
        long threads = 1;
        for (var dimension = 0; dimension < block.Length; dimension++)
        {
            threads *= block[dimension].IsConstant ? GetBlock(block, dimension, []) : 1;
        }

        CheckThreads(threads, most);
    }

    /// <summary>Refuses an amount of shared memory that no shapes can make right.</summary>
    /// <returns>Whether the kernel has to ask for more than is usual, for some shapes at least.</returns>
    /// <exception cref="ExpressionException">It is negative or too large whatever the shapes.</exception>
    public static bool CheckShared(Expression shared, int declared = 0, int most = MostSharedBytes) =>
        !shared.IsConstant || GetShared(shared, [], declared, most) > UsualSharedBytes - declared;

    private static uint Get(Expression[] extent, int dimension, ReadOnlySpan<long> symbols, string what, long largest)
    {
        if (dimension >= extent.Length)
        {
            return 1;
        }

        var value = extent[dimension].Evaluate(symbols);
        return value >= 1 && value <= largest
            ? (uint)value
            : throw new ExpressionException(string.Create(CultureInfo.InvariantCulture, $"its {what}'s {"xyz"[dimension]}, '{extent[dimension]}' is {value}; expected 1 to {largest}"));
    }
}
