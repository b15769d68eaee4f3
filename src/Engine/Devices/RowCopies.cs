using Camshaft.Backends;
using Camshaft.Engine.Inference;

namespace Camshaft.Engine.Devices;

/// <summary>
/// Copies a batch's rows between one tensor on a device and where each request has its own: in memory of a client's on the same device, or on the host, where rows that
/// lie one behind the other in a slab are one copy. Stateless.
/// </summary>
internal static class RowCopies
{
    /// <summary>Enqueues the copies of an input's rows to the device.</summary>
    /// <param name="lane">Where the batch runs.</param>
    /// <param name="first">The batch.</param>
    /// <param name="index">The input, which every request has.</param>
    /// <param name="address">Where the batch's tensor begins.</param>
    public static void CopyIn(IAcceleratorLane lane, InferenceRequest first, int index, nint address)
    {
        for (InferenceRequest? request = first, next; request is not null; request = next)
        {
            var rows = request.Inputs[index];
            var byteSize = rows.ByteSize;
            for (next = request.NextInBatch; next is not null && LiesBehind(request, rows, byteSize, next, next.Inputs[index]); next = next.NextInBatch)
            {
                byteSize += next.Inputs[index].ByteSize;
            }

            if (rows.IsOnDevice && byteSize > 0)
            {
                lane.CopyInOnDevice(address, rows.View.Address, byteSize);
            }
            else if (byteSize > 0)
            {
                lane.CopyIn(address, rows.View.Address, byteSize);
            }

            address += (nint)byteSize;
        }
    }

    /// <summary>Enqueues the copies of an output's rows to those requests that want it.</summary>
    /// <param name="lane">Where the batch runs.</param>
    /// <param name="first">The batch.</param>
    /// <param name="index">The output.</param>
    /// <param name="address">Where the batch's tensor begins.</param>
    /// <param name="rowByteSize">The bytes of a row.</param>
    public static void CopyOut(IAcceleratorLane lane, InferenceRequest first, int index, nint address, long rowByteSize)
    {
        for (InferenceRequest? request = first, next; request is not null; request = next)
        {
            var rows = request.Outputs[index];
            var byteSize = rowByteSize * request.RowCount;
            for (next = request.NextInBatch; next is not null && LiesBehind(request, rows, byteSize, next, next.Outputs[index]); next = next.NextInBatch)
            {
                byteSize += rowByteSize * next.RowCount;
            }

            if (rows is { IsPresent: true, IsOnDevice: true } && byteSize > 0)
            {
                lane.CopyOutOnDevice(rows.View.Address, address, byteSize);
            }
            else if (rows.IsPresent && byteSize > 0)
            {
                lane.CopyOut(rows.View.Address, address, byteSize);
            }

            address += (nint)byteSize;
        }
    }

    // A copy never reaches from one allocation to the next, whose addresses may meet by chance: a slab has one for each tensor.
    private static bool LiesBehind(InferenceRequest request, TensorSlot rows, long byteSize, InferenceRequest next, TensorSlot nextRows) =>
        request.Slab is not null && next.Slab == request.Slab && rows.IsPresent && nextRows.IsPresent && nextRows.View.Address == rows.View.Address + (nint)byteSize;
}
