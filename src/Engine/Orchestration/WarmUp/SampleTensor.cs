using Camshaft.Backends;

namespace Camshaft.Engine.Orchestration.WarmUp;

/// <summary>One input of a sample: its bytes, and how batches of any size are made of its rows. Immutable.</summary>
/// <param name="dataType">Its datatype.</param>
/// <param name="shape">Its shape, one row or more long along the batch axis.</param>
/// <param name="bytes">Its elements.</param>
/// <param name="batchAxis">Along which it grows; null = not at all.</param>
internal sealed class SampleTensor(DataType dataType, Shape shape, byte[] bytes, int? batchAxis)
{
    // What lies along the dimensions before the batch axis is that many stretches of memory, each with all the rows.
    private readonly int _stretches = batchAxis is { } axis ? (int)Math.Max(1, Multiply(shape.Dimensions[..axis])) : 1;

    // Where each row of a stretch begins, and where the last one ends.
    private readonly int[] _rowStarts = batchAxis is { } axis ? FindRows(dataType, shape, bytes, axis) : [0, bytes.Length];

    public DataType DataType => dataType;

    private int Rows => _rowStarts.Length - 1;

    /// <summary>Its dimensions in a batch.</summary>
    /// <param name="rows">How many rows; null = as many as it has.</param>
    /// <param name="dimensions">Room for them.</param>
    public ReadOnlySpan<long> GetDimensions(int? rows, Span<long> dimensions)
    {
        shape.Dimensions.CopyTo(dimensions);
        if (batchAxis is { } axis && rows is { } count)
        {
            dimensions[axis] = count;
        }

        return dimensions[..shape.Rank];
    }

    /// <summary>Its bytes in a batch.</summary>
    public long GetByteSize(int? rows)
    {
        if (batchAxis is null || rows is not { } count)
        {
            return bytes.Length;
        }

        var (whole, rest) = Math.DivRem(count, Rows);
        return _stretches * (((long)whole * _rowStarts[^1]) + _rowStarts[rest]);
    }

    /// <summary>Writes it, its rows again and again until there are enough of them.</summary>
    /// <param name="target">Memory of <see cref="GetByteSize"/>.</param>
    /// <param name="rows">As many as there are to be.</param>
    public void Fill(Span<byte> target, int? rows)
    {
        var stretchByteSize = target.Length / _stretches;
        for (var stretch = 0; stretch < _stretches; stretch++)
        {
            var source = bytes.AsSpan(stretch * _rowStarts[^1], _rowStarts[^1]);
            var part = target.Slice(stretch * stretchByteSize, stretchByteSize);
            while (part.Length > source.Length && rows is not null && !source.IsEmpty)
            {
                source.CopyTo(part);
                part = part[source.Length..];
            }

            source[..part.Length].CopyTo(part);
        }
    }

    private static int[] FindRows(DataType dataType, in Shape shape, byte[] bytes, int axis)
    {
        var rows = (int)shape[axis];
        var starts = new int[rows + 1];
        if (dataType.HasFixedSize)
        {
            var stretchByteSize = bytes.Length / (int)Math.Max(1, Multiply(shape.Dimensions[..axis]));
            for (var row = 0; row <= rows; row++)
            {
                starts[row] = (int)((long)stretchByteSize * row / rows);
            }

            return starts;
        }

        // Strings grow along the first dimension alone, where they grow at all.
        var elements = Multiply(shape.Dimensions[(axis + 1)..]);
        ReadOnlySpan<byte> rest = bytes;
        for (var row = 0; row < rows; row++)
        {
            for (var i = 0L; i < elements; i++)
            {
                BytesTensor.TryReadElement(ref rest, out _);
            }

            starts[row + 1] = bytes.Length - rest.Length;
        }

        return starts;
    }

    private static long Multiply(ReadOnlySpan<long> dimensions)
    {
        Shape.TryGetElementCount(dimensions, out var count);
        return count;
    }
}
