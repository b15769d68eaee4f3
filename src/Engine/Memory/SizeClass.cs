using System.Numerics;

namespace Camshaft.Engine.Memory;

/// <summary>
/// The sizes in which blocks are made: four steps to each doubling, from 256 bytes to 64 MiB, so that at most a fifth of a
/// block is unused. What is larger is made in its exact size, rounded to pages, and is not kept.
/// </summary>
internal static class SizeClass
{
    /// <summary>How many classes there are.</summary>
    public const int Count = ((LargestLog2 - SmallestLog2) * 4) + 1;

    /// <summary>The class of blocks that are not kept.</summary>
    public const int None = -1;

    private const int SmallestLog2 = 8;
    private const int LargestLog2 = 26;
    private const long PageByteSize = 4096;

    /// <summary>Finds the class for a size, and the size that its blocks have.</summary>
    /// <param name="byteSize">0 or more.</param>
    /// <param name="blockByteSize">The bytes that a block for this size takes.</param>
    /// <returns>The class, or <see cref="None"/>.</returns>
    public static int Find(long byteSize, out long blockByteSize)
    {
        if (byteSize <= 1L << SmallestLog2)
        {
            blockByteSize = 1L << SmallestLog2;
            return 0;
        }

        if (byteSize > 1L << LargestLog2)
        {
            blockByteSize = checked(byteSize + PageByteSize - 1) & ~(PageByteSize - 1);
            return None;
        }

        // byteSize lies in (2^log2, 2^(log2+1)], which four steps of a quarter of 2^log2 divide.
        var log2 = BitOperations.Log2((ulong)(byteSize - 1));
        var quarter = 1L << (log2 - 2);
        var step = (byteSize - 1 - (1L << log2)) / quarter;
        blockByteSize = (1L << log2) + ((step + 1) * quarter);
        return ((log2 - SmallestLog2) * 4) + (int)step + 1;
    }
}
