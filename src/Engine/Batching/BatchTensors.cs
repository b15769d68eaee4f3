using Camshaft.Backends;
using Camshaft.Engine.Inference;
using Camshaft.Engine.Memory;

namespace Camshaft.Engine.Batching;

/// <summary>
/// The tensors of a batch of several requests. Rows that lie one behind the other in a slab are used as they lie; others are
/// gathered before the run, and what cannot be sliced is scattered after it; the pool counts such copies. Where a request has tensors on the device, rows are left
/// where they are, for the device to bring together. Belongs to a lane.
/// </summary>
internal sealed class BatchTensors
{
    private BatchTensor[] _inputs = [];
    private BatchTensor[] _outputs = [];
    private InferenceRequest? _first;
    private int _rows;
    private bool _isApart;

    private InferenceRequest First => _first ?? throw new InvalidOperationException("The batch has ended.");

    /// <summary>Brings the inputs together and places the outputs whose shapes are known.</summary>
    /// <param name="first">The batch's requests.</param>
    /// <param name="rows">Their rows together.</param>
    /// <exception cref="BackendException">There is no memory for that.</exception>
    public void Begin(InferenceRequest first, int rows)
    {
        _first = first;
        _rows = rows;
        _isApart = HasTensorsOnDevice(first);
        Grow(ref _inputs, first.Inputs.Length);
        Grow(ref _outputs, first.Outputs.Length);
        for (var i = 0; i < first.Inputs.Length; i++)
        {
            _inputs[i].Reset();
            if (first.Inputs[i].IsPresent)
            {
                PlaceInput(i, _inputs[i]);
            }
        }

        for (var i = 0; i < first.Outputs.Length; i++)
        {
            _outputs[i].Reset();
            if (FindOwner(i) is { } owner)
            {
                PlaceOutput(i, owner, _outputs[i]);
            }
        }
    }

    public BatchTensor GetInput(int index) => _inputs[index];

    public BatchTensor GetOutput(int index) => _outputs[index];

    /// <summary>Gives every request its part of the outputs.</summary>
    /// <exception cref="BackendException">The backend gave an output that is not as long as the batch, or there is no memory.</exception>
    public void Distribute()
    {
        for (var i = 0; i < First.Outputs.Length; i++)
        {
            var output = _outputs[i];
            if (output.IsPresent && !output.IsInPlace && output.Address != 0)
            {
                Distribute(i, output);
            }
        }
    }

    /// <summary>Lets go of the batch's own memory. More than once does no harm.</summary>
    public void End()
    {
        if (_first is null)
        {
            return;
        }

        for (var i = 0; i < First.Inputs.Length; i++)
        {
            _inputs[i].Release();
        }

        for (var i = 0; i < First.Outputs.Length; i++)
        {
            _outputs[i].Release();
        }

        _first = null;
    }

    private static void Grow(ref BatchTensor[] tensors, int count)
    {
        if (tensors.Length < count)
        {
            tensors = [.. tensors, .. Enumerable.Range(tensors.Length, count - tensors.Length).Select(static _ => new BatchTensor())];
        }
    }

    private void PlaceInput(int index, BatchTensor input)
    {
        var slot = First.Inputs[index];
        var axis = First.Batching.GetInputAxis(index);
        input.IsPresent = true;
        if (axis == BatchAxes.NoAxis)
        {
            input.PlaceInRows(new Shape(slot.Dimensions), slot.View.Address, slot.ByteSize);
            return;
        }

        var shape = BatchCopy.WithRows(slot.Dimensions, axis, _rows);
        if (axis == 0 && slot.Spec.DataType.HasFixedSize && (_isApart || First.Slab is not null))
        {
            var rowsByteSize = slot.ByteSize / First.RowCount * _rows;
            if (_isApart)
            {
                PlaceApart(input, shape, rowsByteSize);
            }
            else
            {
                input.PlaceInRows(shape, slot.View.Address, rowsByteSize);
            }

            return;
        }

        long byteSize = 0;
        for (var request = First; request is not null; request = request.NextInBatch!)
        {
            byteSize += request.Inputs[index].ByteSize;
        }

        input.Place(shape, Rent(byteSize, MemoryPurpose.Input), byteSize);
        BatchCopy.Gather(First, index, axis, input);
    }

    private void PlaceOutput(int index, InferenceRequest owner, BatchTensor output)
    {
        var slot = owner.Outputs[index];
        output.IsPresent = true;
        output.IsShapeKnown = slot.IsShapeKnown;
        if (!slot.IsShapeKnown)
        {
            return;
        }

        var axis = First.Batching.GetOutputAxis(index);
        var shape = BatchCopy.WithRows(slot.Dimensions, axis, _rows);
        var rowByteSize = slot.ByteSize / owner.RowCount;
        if (axis == 0 && _isApart)
        {
            PlaceApart(output, shape, rowByteSize * _rows);
        }
        else if (axis == 0 && First.Slab is { } slab)
        {
            output.PlaceInRows(shape, slab.GetOutputAddress(index, rowByteSize, First.SlabRow), rowByteSize * _rows);
        }
        else
        {
            output.Place(shape, Rent(rowByteSize * _rows, MemoryPurpose.Output), rowByteSize * _rows);
        }
    }

    private void PlaceApart(BatchTensor tensor, in Shape shape, long byteSize)
    {
        if (byteSize > int.MaxValue)
        {
            throw DoesNotFit(byteSize);
        }

        tensor.PlaceApart(shape, byteSize);
    }

    private void Distribute(int index, BatchTensor output)
    {
        var spec = First.Outputs[index].Spec;
        var axis = First.Batching.GetOutputAxis(index);
        if (output.Dimensions[axis] != _rows)
        {
            throw new BackendException(StatusCode.Internal, $"{First.Model}: the backend gave output '{spec.Name}' shape {Shape.Format(output.Dimensions)} for a batch of {_rows} rows along dimension {axis}.");
        }

        long offset = 0;
        var row = 0;
        for (var request = First; request is not null; request = request.NextInBatch!)
        {
            var byteSize = spec.DataType.HasFixedSize
                ? output.ByteSize / _rows * request.RowCount
                : BatchCopy.MeasureElements(output, spec, offset, request.RowCount, _rows);
            var slot = request.Outputs[index];
            if (slot.IsPresent)
            {
                var shape = BatchCopy.WithRows(output.Dimensions, axis, request.RowCount);
                if (axis == 0)
                {
                    output.Share(slot, offset);
                    slot.SetShape(shape, byteSize);
                }
                else
                {
                    slot.SetMemory(Rent(byteSize, MemoryPurpose.Output));
                    slot.SetShape(shape, byteSize);
                    BatchCopy.Scatter(output, spec, axis, row, slot, First.Memory);
                }
            }

            offset += byteSize;
            row += request.RowCount;
        }
    }

    private InferenceRequest? FindOwner(int output)
    {
        for (var request = _first; request is not null; request = request.NextInBatch)
        {
            if (request.Outputs[output].IsPresent)
            {
                return request;
            }
        }

        return null;
    }

    private TensorBuffer Rent(long byteSize, MemoryPurpose purpose)
    {
        try
        {
            if (byteSize <= int.MaxValue && First.Memory.TryRent(byteSize, purpose, out var buffer))
            {
                return buffer;
            }
        }
        catch (OutOfMemoryException exception)
        {
            throw new BackendException(StatusCode.ResourceExhausted, RequestErrors.SystemOutOfMemory(First.Model).Message, exception);
        }

        throw DoesNotFit(byteSize);
    }

    // The batch then runs request by request, which needs no memory beyond theirs.
    private BackendException DoesNotFit(long byteSize) =>
        new(StatusCode.ResourceExhausted, $"{First.Model}: a batch of {_rows} rows with {byteSize} bytes does not fit the memory budget for tensors now.");

    private static bool HasTensorsOnDevice(InferenceRequest first)
    {
        for (var request = first; request is not null; request = request.NextInBatch!)
        {
            if (request.HasTensorsOnDevice)
            {
                return true;
            }
        }

        return false;
    }
}
