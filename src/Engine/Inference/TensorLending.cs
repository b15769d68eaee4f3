using Camshaft.Backends;
using Camshaft.Engine.Batching;
using Camshaft.Engine.Memory.Shared;
using Camshaft.Engine.Models;

namespace Camshaft.Engine.Inference;

/// <summary>Decides which tensors of a model's requests may lie in memory of the client's, on the host or on the model's device, and places them there. Stateless; any thread.</summary>
internal sealed class TensorLending(ModelVersion model, SignaturePlan plan)
{
    /// <summary>Has an input read where it lies.</summary>
    /// <returns><see langword="true"/>: the slot owns the lease.</returns>
    public bool TryLendInput(int index, TensorSlot slot, in LentMemory memory, BatchAxes axes)
    {
        var mayChange = MayChange(slot.Spec.DataType);
        if (memory.Device is not null)
        {
            return TryLendOnDevice(slot, memory, memory.IsUsedInPlace && mayChange && memory.Address % LentMemory.DeviceAlignment == 0);
        }

        // What a whole batch shares must be to the others what it was when they were let in.
        var isShared = axes.Joins && axes.GetInputAxis(index) == BatchAxes.NoAxis;
        return (memory.IsImmutable || (mayChange && !isShared)) && TryLendOnHost(slot, memory);
    }

    /// <summary>Has an output written where the client wants it.</summary>
    /// <returns><see langword="true"/>: the slot owns the lease.</returns>
    public bool TryLendOutput(int index, TensorSlot slot, TensorSlot[] inputs, in LentMemory memory)
    {
        var isBound = plan.TryBindOutput(index, inputs, out var shape, out var byteSize);
        if (isBound && byteSize > memory.ByteSize)
        {
            // There is an error for that later.
            return false;
        }

        if (memory.Device is null)
        {
            if (!isBound || !MayChange(slot.Spec.DataType))
            {
                return false;
            }

            slot.SetShape(shape, byteSize, isKnown: true);
            return TryLendOnHost(slot, memory);
        }

        // Values that are checked are looked at on the host.
        if (plan.GetOutputCheck(index) is not null)
        {
            return false;
        }

        if (isBound)
        {
            slot.SetShape(shape, byteSize, isKnown: true);
            return TryLendOnDevice(slot, memory, isUsedInPlace: false);
        }

        if (!IsOnModelDevice(slot, memory))
        {
            return false;
        }

        slot.SetPlace(memory);
        return true;
    }

    // Numbers that change while they are used give other numbers. What a backend takes for an index, a length or a condition
    // it may check once and use twice.
    private static bool MayChange(DataType dataType) => dataType is not (DataType.Bool or DataType.Int32 or DataType.Int64 or DataType.Bytes);

    private static bool TryLendOnHost(TensorSlot slot, in LentMemory memory)
    {
        if (!memory.IsAligned)
        {
            return false;
        }

        slot.SetForeignMemory(memory.Address, memory.Release, memory.State);
        return true;
    }

    private bool TryLendOnDevice(TensorSlot slot, in LentMemory memory, bool isUsedInPlace)
    {
        if (!IsOnModelDevice(slot, memory))
        {
            return false;
        }

        slot.SetDeviceMemory(memory, isUsedInPlace);
        return true;
    }

    // The elements of BYTES are looked through on the host.
    private bool IsOnModelDevice(TensorSlot slot, in LentMemory memory) => memory.Device == model.Device && slot.Spec.DataType != DataType.Bytes;
}
