using System.Buffers;
using System.Buffers.Binary;
using System.IO.Pipelines;
using Camshaft.Backends;
using Camshaft.Engine.Tensors;

namespace Camshaft.Transport.Http.Infer;

/// <summary>A body that is a NumPy file: its header is read where it lies, its elements are left in the body, for the one copy that they pay.</summary>
internal static class NpyBody
{
    // NumPy's own headers have 64 to 128 bytes; one of many dimensions a few hundred.
    private const int LongestHeader = 64 << 10;

    private const int PrefixByteSize = 12;

    /// <summary>Reads the header, and takes the one input down whose elements follow.</summary>
    /// <exception cref="InvalidRequestException">It is no such file, or one whose elements are no tensor's.</exception>
    public static async ValueTask ReadHeaderAsync(PipeReader body, InferHead head, BodyDeadline deadline)
    {
        while (true)
        {
            var result = await body.ReadAsync(CancellationToken.None).ConfigureAwait(false);
            var buffer = result.Buffer;
            try
            {
                if (TryRead(buffer, result.IsCompleted, head))
                {
                    body.AdvanceTo(buffer.GetPosition(head.PrefixByteSize));
                    return;
                }
            }
            catch
            {
                // A connection whose body is still held could not go on.
                body.AdvanceTo(buffer.End);
                throw;
            }

            body.AdvanceTo(buffer.Start, buffer.End);
            deadline.ThrowIfPassed();
        }
    }

    /// <returns><see langword="false"/>: more has to come first.</returns>
    private static bool TryRead(in ReadOnlySequence<byte> buffer, bool isCompleted, InferHead head)
    {
        var length = FindLength(buffer);
        if (length > LongestHeader)
        {
            throw new InvalidRequestException($"The NumPy file in the body has a header of {length} bytes; at most {LongestHeader} are taken.");
        }

        if (buffer.Length < length && !isCompleted)
        {
            return false;
        }

        var start = buffer.Slice(0, Math.Min(buffer.Length, length));
        if (!NpyHeader.TryRead(start.IsSingleSegment ? start.FirstSpan : start.ToArray(), out var header, out var fault))
        {
            throw new InvalidRequestException($"The NumPy file in the body {fault}.");
        }

        TakeDown(header, head);
        return true;
    }

    private static void TakeDown(NpyHeader header, InferHead head)
    {
        if (header.Shape.Count > Shape.MaxRank)
        {
            throw new InvalidRequestException($"The NumPy file in the body has {header.Shape.Count} dimensions; at most {Shape.MaxRank} are taken.");
        }

        var shape = new Shape([.. header.Shape]);
        if (!shape.TryGetElementCount(out var count) || count > int.MaxValue / header.DataType.ByteSize)
        {
            throw new InvalidRequestException($"The NumPy file in the body has the shape {shape}; a tensor has at most {int.MaxValue} bytes.");
        }

        ref var input = ref head.AddInput();
        input.DataType = header.DataType;
        input.Shape = shape;
        input.HasShape = true;
        input.BinaryByteSize = count * header.DataType.ByteSize;
        head.PrefixByteSize = header.DataOffset;
    }

    /// <summary>How long the file's header is as far as can be seen; the prefix's length where too little is there.</summary>
    private static long FindLength(in ReadOnlySequence<byte> buffer)
    {
        Span<byte> prefix = stackalloc byte[PrefixByteSize];
        if (buffer.Length < prefix.Length)
        {
            return PrefixByteSize;
        }

        buffer.Slice(0, prefix.Length).CopyTo(prefix);
        if (!prefix.StartsWith(NpyHeader.Magic))
        {
            return PrefixByteSize;
        }

        // Version 1 has a length of two bytes, later ones of four.
        return prefix[6] >= 2
            ? (long)BinaryPrimitives.ReadUInt32LittleEndian(prefix[8..]) + PrefixByteSize
            : BinaryPrimitives.ReadUInt16LittleEndian(prefix[8..]) + PrefixByteSize - 2;
    }
}
