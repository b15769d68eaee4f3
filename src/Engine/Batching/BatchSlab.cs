using Camshaft.Backends;
using Camshaft.Engine.Inference;
using Camshaft.Engine.Memory;

namespace Camshaft.Engine.Batching;

/// <summary>
/// Contiguous memory for the rows of several requests: one block for each input and each output of known shape that grows
/// along axis 0. A request is given its rows in one step when its payload is there, so that ranges of rows run as they lie.
/// Each request shares in the blocks; they go back to the pool with the last. Guarded by its bucket's lock.
/// </summary>
internal sealed class BatchSlab
{
    private readonly TensorBuffer[] _inputs;
    private readonly TensorBuffer[] _outputs;
    private readonly int _rows;
    private int _claimed;
    private bool _isClosed;

    private BatchSlab(int rows, int inputCount, int outputCount)
    {
        _rows = rows;
        _inputs = new TensorBuffer[inputCount];
        _outputs = new TensorBuffer[outputCount];
    }

    /// <summary>Makes a slab for requests that are like one.</summary>
    /// <returns>Null when no input would lie in it, or the budget or the system has no room for it now.</returns>
    public static BatchSlab? TryCreate(BatchPlan plan, InferenceRequest request, int rows, HostMemoryPool memory)
    {
        var slab = new BatchSlab(rows, request.Inputs.Length, request.Outputs.Length);
        for (var i = 0; i < request.Inputs.Length; i++)
        {
            var input = request.Inputs[i];
            if (input.IsPresent && plan.GetInputAxis(i) == 0 && input.Spec.DataType.HasFixedSize
                && !TryRent(memory, input.ByteSize / request.RowCount * rows, MemoryPurpose.Input, out slab._inputs[i]))
            {
                slab.Close();
                return null;
            }
        }

        if (Array.TrueForAll(slab._inputs, static input => input.IsDefault))
        {
            return null;
        }

        for (var i = 0; i < request.Outputs.Length; i++)
        {
            var output = request.Outputs[i];
            if (output.IsShapeKnown && plan.GetOutputAxis(i) == 0
                && !TryRent(memory, output.ByteSize / request.RowCount * rows, MemoryPurpose.Output, out slab._outputs[i]))
            {
                slab.Close();
                return null;
            }
        }

        return slab;
    }

    /// <summary>Gives a request the next rows: memory for every tensor that the slab has.</summary>
    /// <returns><see langword="false"/> when there are not enough left.</returns>
    public bool TryClaim(InferenceRequest request)
    {
        if (request.RowCount > _rows - _claimed || !HasOutputs(request))
        {
            return false;
        }

        Claim(_inputs, request.Inputs, request.RowCount);
        Claim(_outputs, request.Outputs, request.RowCount);
        request.Slab = this;
        request.SlabRow = _claimed;
        _claimed += request.RowCount;
        return true;
    }

    /// <summary>The address of an output's part for a row, while some request of the slab has that output.</summary>
    public nint GetOutputAddress(int index, long rowByteSize, int row) => _outputs[index].Address + (nint)(rowByteSize * row);

    /// <summary>Gives the slab's own share in the blocks back.</summary>
    public void Close()
    {
        if (!_isClosed)
        {
            _isClosed = true;
            Release(_inputs);
            Release(_outputs);
        }
    }

    private static bool TryRent(HostMemoryPool memory, long byteSize, MemoryPurpose purpose, out TensorBuffer buffer)
    {
        buffer = default;
        try
        {
            return byteSize <= int.MaxValue && memory.TryRent(byteSize, purpose, out buffer);
        }
        catch (OutOfMemoryException)
        {
            // The request then takes its own memory, and is told if there is none for it either.
            return false;
        }
    }

    private static void Release(TensorBuffer[] buffers)
    {
        foreach (var buffer in buffers)
        {
            if (!buffer.IsDefault)
            {
                buffer.Dispose();
            }
        }
    }

    private void Claim(TensorBuffer[] buffers, ReadOnlySpan<TensorSlot> slots, int rows)
    {
        for (var i = 0; i < buffers.Length; i++)
        {
            if (!buffers[i].IsDefault && slots[i].IsPresent)
            {
                slots[i].SetMemory(buffers[i].Retain(), slots[i].ByteSize / rows * _claimed);
            }
        }
    }

    // A request that asks for an output which the first one left out finds no rows for it here.
    private bool HasOutputs(InferenceRequest request)
    {
        for (var i = 0; i < _outputs.Length; i++)
        {
            if (request.Outputs[i].IsShapeKnown && _outputs[i].IsDefault && request.Batching.GetOutputAxis(i) == 0)
            {
                return false;
            }
        }

        return true;
    }
}
