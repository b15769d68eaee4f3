using Camshaft.Backends;
using Camshaft.Engine.Inference;
using Camshaft.Engine.Memory;

namespace Camshaft.Engine.Batching;

/// <summary>
/// Contiguous memory for the rows of several requests: one block for each input and each output of known shape that grows
/// along axis 0. A request is given its rows in one step when its payload is there, so that ranges of rows run as they lie.
/// Each request shares in the blocks; they go back to the pool with the last, and the object to its bucket, which opens it
/// again. Guarded by its bucket's lock.
/// </summary>
internal sealed class BatchSlab(int inputCount, int outputCount)
{
    private readonly TensorBuffer[] _inputs = new TensorBuffer[inputCount];
    private readonly TensorBuffer[] _outputs = new TensorBuffer[outputCount];
    private int _rows;
    private int _claimed;
    private int _users;
    private bool _isOpen;

    /// <summary>Takes memory for requests that are like one.</summary>
    /// <returns><see langword="false"/> when no input would lie in it, or the budget or the system has no room for it now.</returns>
    public bool TryOpen(BatchAxes axes, InferenceRequest request, int rows, HostMemoryPool memory)
    {
        Array.Clear(_inputs);
        Array.Clear(_outputs);
        (_rows, _claimed, _users, _isOpen) = (rows, 0, 0, true);
        for (var i = 0; i < request.Inputs.Length; i++)
        {
            var input = request.Inputs[i];
            if (input.IsPresent && axes.GetInputAxis(i) == 0 && input.Spec.DataType.HasFixedSize
                && !TryRent(memory, input.ByteSize / request.RowCount * rows, MemoryPurpose.Input, out _inputs[i]))
            {
                Close();
                return false;
            }
        }

        if (Array.TrueForAll(_inputs, static input => input.IsDefault))
        {
            _isOpen = false;
            return false;
        }

        for (var i = 0; i < request.Outputs.Length; i++)
        {
            var output = request.Outputs[i];
            if (output.IsShapeKnown && axes.GetOutputAxis(i) == 0
                && !TryRent(memory, output.ByteSize / request.RowCount * rows, MemoryPurpose.Output, out _outputs[i]))
            {
                Close();
                return false;
            }
        }

        return true;
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
        _users++;
        return true;
    }

    /// <summary>The address of an output's part for a row, while some request of the slab has that output.</summary>
    public nint GetOutputAddress(int index, long rowByteSize, int row) => _outputs[index].Address + (nint)(rowByteSize * row);

    /// <summary>Gives the slab's own share in the blocks back.</summary>
    /// <returns>Whether no request has rows in it any more, so that it can be opened again.</returns>
    public bool Close()
    {
        if (_isOpen)
        {
            _isOpen = false;
            Release(_inputs);
            Release(_outputs);
        }

        return _users == 0;
    }

    /// <summary>Takes note that a request has given its rows back.</summary>
    /// <returns>Whether no other has rows in it and it is closed, so that it can be opened again.</returns>
    public bool RemoveUser() => --_users == 0 && !_isOpen;

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
