using Camshaft.Backends;
using Camshaft.Engine.Batching;
using Camshaft.Engine.Memory;
using Camshaft.Engine.Memory.Shared;
using Camshaft.Engine.Models;

namespace Camshaft.Engine.Inference;

/// <summary>The inputs and outputs of a request with their memory. Belongs to its request and is reused with it.</summary>
internal sealed class RequestTensors(ModelVersion model, SignaturePlan plan, HostMemoryPool memory)
{
    private readonly TensorSlot[] _inputs = [.. plan.Signature.Inputs.Select(static spec => new TensorSlot(spec))];
    private readonly TensorSlot[] _outputs = [.. plan.Signature.Outputs.Select(static spec => new TensorSlot(spec))];
    private readonly TensorLending _lending = new(model, plan);
    private bool _hasRequestedOutputs;

    public ReadOnlySpan<TensorSlot> Inputs => _inputs;

    public ReadOnlySpan<TensorSlot> Outputs => _outputs;

    /// <summary>Whether some tensor lies in memory of the client's, and so not among the rows of others.</summary>
    public bool HasLent { get; private set; }

    /// <summary>Whether some tensor lies in memory of the device that the model runs on, whose rows are brought together there.</summary>
    public bool HasLentOnDevice { get; private set; }

    /// <summary>Whether the request may join others, as far as it matters where its tensors lie: on a device rows of which all are known before the run are cut from a tensor along its first axis, and no others.</summary>
    public bool MayJoin { get; private set; } = true;

    /// <summary>Whether outputs were asked for by name.</summary>
    public bool HasRequestedOutputs => _hasRequestedOutputs;

    public InferenceStatus DeclareInput(int index, DataType dataType, ReadOnlySpan<long> shape, long byteSize)
    {
        var slot = _inputs[index];
        if (slot.IsPresent)
        {
            return RequestErrors.InputTwice(model, slot.Spec);
        }

        var status = InputCheck.Check(model, slot.Spec, dataType, ref shape, byteSize);
        if (status.IsOk)
        {
            slot.SetShape(new Shape(shape), byteSize, isKnown: true);
            slot.IsPresent = true;
        }

        return status;
    }

    public InferenceStatus RequestOutput(int index, long room)
    {
        var slot = _outputs[index];
        if (slot.IsPresent)
        {
            return RequestErrors.OutputTwice(model, slot.Spec);
        }

        slot.IsPresent = true;
        slot.Room = room;
        _hasRequestedOutputs = true;
        return InferenceStatus.Ok;
    }

    public bool TryLendInput(int index, in LentMemory memory, BatchAxes axes) =>
        TakeNote(memory, _lending.TryLendInput(index, _inputs[index], memory, axes), hasRows: axes.GetInputAxis(index) == 0);

    public bool TryLendOutput(int index, in LentMemory memory, BatchAxes axes) =>
        TakeNote(memory, _lending.TryLendOutput(index, _outputs[index], _inputs, memory), hasRows: axes.GetOutputAxis(index) == 0 && _outputs[index].IsShapeKnown);

    /// <summary>Says whether every input is there that has to be, and works out the shapes of the outputs.</summary>
    public InferenceStatus Bind()
    {
        foreach (var input in _inputs)
        {
            if (!input.IsPresent && !input.Spec.IsOptional)
            {
                return RequestErrors.MissingInput(model, input.Spec);
            }
        }

        for (var i = 0; i < _outputs.Length; i++)
        {
            var output = _outputs[i];
            output.IsPresent |= !_hasRequestedOutputs;
            if (output.IsPresent && plan.TryBindOutput(i, _inputs, out var shape, out var byteSize))
            {
                output.SetShape(shape, byteSize, isKnown: true);
                if (byteSize > output.Room)
                {
                    return RequestErrors.NoRoom(model, output);
                }
            }
        }

        return InferenceStatus.Ok;
    }

    /// <summary>How much of the budget the tensors take that have no memory yet.</summary>
    public long CountBlockBytes()
    {
        long sum = 0;
        foreach (var input in _inputs)
        {
            sum += NeedsMemory(input) ? HostMemoryPool.GetBlockByteSize(input.ByteSize) : 0;
        }

        foreach (var output in _outputs)
        {
            sum += NeedsMemory(output) ? HostMemoryPool.GetBlockByteSize(output.ByteSize) : 0;
        }

        return sum;
    }

    /// <summary>Takes memory out of a reservation for the tensors that have none yet.</summary>
    /// <param name="reservedByteSize">What <see cref="CountBlockBytes"/> said.</param>
    public InferenceStatus Rent(long reservedByteSize)
    {
        try
        {
            foreach (var input in _inputs)
            {
                reservedByteSize -= NeedsMemory(input) ? Rent(input, MemoryPurpose.Input) : 0;
            }

            foreach (var output in _outputs)
            {
                reservedByteSize -= NeedsMemory(output) ? Rent(output, MemoryPurpose.Output) : 0;
            }

            return InferenceStatus.Ok;
        }
        catch (OutOfMemoryException)
        {
            // What was rented goes back with the request; what was only reserved goes back here.
            memory.ReleaseReservation(reservedByteSize);
            return RequestErrors.SystemOutOfMemory(model);
        }
    }

    /// <summary>The bytes of the inputs that the request carries.</summary>
    public long CountInputBytes() => CountBytes(_inputs);

    /// <summary>The bytes of the outputs that it has been given.</summary>
    public long CountOutputBytes() => CountBytes(_outputs);

    /// <summary>Whether the elements of BYTES inputs are whole.</summary>
    public InferenceStatus CheckElements()
    {
        foreach (var input in _inputs)
        {
            if (input.IsPresent && input.Spec.DataType == DataType.Bytes && InputCheck.CheckElements(model, input) is { IsOk: false } status)
            {
                return status;
            }
        }

        return InferenceStatus.Ok;
    }

    /// <summary>Whether a run gave every output that was asked for, and none with a value that the configuration excludes.</summary>
    public InferenceStatus CheckOutputs()
    {
        for (var i = 0; i < _outputs.Length; i++)
        {
            var output = _outputs[i];
            if (!output.IsPresent)
            {
                continue;
            }

            if (!output.HasMemory)
            {
                return RequestErrors.OutputMissing(model, output.Spec);
            }

            if (output.ByteSize > output.Room)
            {
                return RequestErrors.NoRoom(model, output);
            }

            if (output.Spec.DataType == DataType.Bytes && !HasWholeElements(output))
            {
                return RequestErrors.OutputNotWhole(model, output);
            }

            if (plan.GetOutputCheck(i) is { } check && check.FindFault(output.View.Bytes) is >= 0 and var fault)
            {
                model.Recorder.CountFailedOutputCheck();
                return RequestErrors.OutputExcluded(model, output, check, fault);
            }
        }

        return InferenceStatus.Ok;
    }

    public void Clear()
    {
        foreach (var input in _inputs)
        {
            input.Clear();
        }

        foreach (var output in _outputs)
        {
            output.Clear();
        }

        _hasRequestedOutputs = false;
        HasLent = false;
        HasLentOnDevice = false;
        MayJoin = true;
    }

    private bool TakeNote(in LentMemory memory, bool isLent, bool hasRows)
    {
        var isOnDevice = isLent && memory.Device is not null;
        HasLent |= isLent;
        HasLentOnDevice |= isOnDevice;
        MayJoin &= hasRows || !isOnDevice;
        return isLent;
    }

    private static bool HasWholeElements(TensorSlot output)
    {
        Shape.TryGetElementCount(output.Dimensions, out var expected);
        return BytesTensor.TryCountElements(output.View.Bytes, out var count) && count == expected;
    }

    private static long CountBytes(TensorSlot[] slots)
    {
        long sum = 0;
        foreach (var slot in slots)
        {
            sum += slot is { IsPresent: true, HasMemory: true } ? slot.ByteSize : 0;
        }

        return sum;
    }

    private static bool NeedsMemory(TensorSlot slot) => slot is { IsPresent: true, IsShapeKnown: true, HasMemory: false };

    private long Rent(TensorSlot slot, MemoryPurpose purpose)
    {
        slot.SetMemory(memory.RentReserved(slot.ByteSize, purpose));
        return HostMemoryPool.GetBlockByteSize(slot.ByteSize);
    }
}
