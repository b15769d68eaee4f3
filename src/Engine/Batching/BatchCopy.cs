using Camshaft.Backends;
using Camshaft.Engine.Inference;
using Camshaft.Engine.Memory;

namespace Camshaft.Engine.Batching;

/// <summary>Copies rows between the requests' tensors and a batch's, along any axis, and counts the bytes.</summary>
internal static class BatchCopy
{
    /// <summary>The same dimensions with another number of rows.</summary>
    public static Shape WithRows(ReadOnlySpan<long> dimensions, int axis, int rows)
    {
        Span<long> changed = stackalloc long[Shape.MaxRank];
        dimensions.CopyTo(changed);
        changed[axis] = rows;
        return new Shape(changed[..dimensions.Length]);
    }

    /// <summary>Brings an input of every request together.</summary>
    public static void Gather(InferenceRequest first, int index, int axis, BatchTensor target)
    {
        var all = target.GetView(first.Inputs[index].Spec).Bytes;
        var slices = CountSlices(target.Dimensions, axis);
        long start = 0;
        for (var request = first; request is not null; request = request.NextInBatch!)
        {
            var part = request.Inputs[index].View.Bytes;
            var length = part.Length / slices;
            for (var slice = 0; slice < slices; slice++)
            {
                part.Slice(slice * length, length).CopyTo(all[(int)(start + ((long)slice * (all.Length / slices)))..]);
            }

            start += length;
        }

        first.Memory.CountCopied(all.Length);
    }

    /// <summary>Copies a request's rows out of a batch's output.</summary>
    public static void Scatter(BatchTensor source, TensorSpec spec, int axis, int row, TensorSlot target, HostMemoryPool memory)
    {
        var all = source.GetView(spec).Bytes;
        var part = target.View.Bytes;
        var slices = CountSlices(source.Dimensions, axis);
        var length = part.Length / slices;
        var rowLength = all.Length / slices / (int)source.Dimensions[axis];
        for (var slice = 0; slice < slices; slice++)
        {
            all.Slice((slice * (all.Length / slices)) + (row * rowLength), length).CopyTo(part[(slice * length)..]);
        }

        memory.CountCopied(part.Length);
    }

    /// <summary>Measures the bytes of a BYTES output that belong to the next rows.</summary>
    /// <exception cref="BackendException">The output's bytes are fewer than its shape says.</exception>
    public static long MeasureElements(BatchTensor output, TensorSpec spec, long offset, int rows, int allRows)
    {
        var rest = (ReadOnlySpan<byte>)output.GetView(spec).Bytes[(int)offset..];
        var before = rest.Length;
        Shape.TryGetElementCount(output.Dimensions, out var elementCount);
        for (var i = elementCount / allRows * rows; i > 0; i--)
        {
            if (!BytesTensor.TryReadElement(ref rest, out _))
            {
                throw new BackendException(StatusCode.Internal, $"The backend gave output '{spec.Name}' fewer elements than its shape {Shape.Format(output.Dimensions)} has.");
            }
        }

        return before - rest.Length;
    }

    // What lies along the axes before the batch axis is that many stretches of memory, each with all the rows.
    private static int CountSlices(ReadOnlySpan<long> dimensions, int axis)
    {
        long slices = 1;
        foreach (var length in dimensions[..axis])
        {
            slices *= length;
        }

        return (int)slices;
    }
}
