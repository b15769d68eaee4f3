using System.Text;
using Camshaft.Backends;

namespace Camshaft.Engine.Inference;

/// <summary>Gives a request to one model what a request to another carries. Inputs and outputs are the same when their names are.</summary>
internal static class RequestCopy
{
    private const int LongestName = 256;

    /// <summary>Declares what the source carries, takes memory for it, and fills that.</summary>
    /// <param name="source">A request that does not run.</param>
    /// <param name="destination">A new one.</param>
    /// <param name="cancellationToken">Gives the wait for memory up.</param>
    public static async ValueTask<InferenceStatus> CopyAsync(InferenceRequest source, InferenceRequest destination, CancellationToken cancellationToken)
    {
        var status = Declare(source, destination);
        if (status.IsOk)
        {
            destination.FillsAtOnce = true;
            status = await destination.ReserveAsync(cancellationToken).ConfigureAwait(false);
        }

        if (status.IsOk)
        {
            Fill(source, destination);
        }

        return status;
    }

    /// <summary>Declares the inputs and asks for the outputs.</summary>
    public static InferenceStatus Declare(InferenceRequest source, InferenceRequest destination)
    {
        destination.Priority = source.Priority;
        foreach (var slot in source.Inputs)
        {
            if (slot.IsPresent && Add(destination, slot) is { IsOk: false } status)
            {
                return status;
            }
        }

        foreach (var slot in source.HasRequestedOutputs ? source.Outputs : [])
        {
            if (slot.IsPresent && Request(destination, slot) is { IsOk: false } status)
            {
                return status;
            }
        }

        return InferenceStatus.Ok;
    }

    /// <summary>Copies the inputs into memory that was taken for them.</summary>
    public static void Fill(InferenceRequest source, InferenceRequest destination)
    {
        foreach (var slot in source.Inputs)
        {
            if (slot.IsPresent)
            {
                slot.View.Bytes.CopyTo(destination.GetInput(Find(destination, slot.Spec.Name, isInput: true)).Bytes);
            }
        }
    }

    private static InferenceStatus Add(InferenceRequest destination, TensorSlot slot)
    {
        if (slot.IsOnDevice)
        {
            return new InferenceStatus(StatusCode.Unsupported, $"{destination.Model}: input '{slot.Spec.Name}' lies in a device's memory, of which no copy is made.");
        }

        var index = Find(destination, slot.Spec.Name, isInput: true);
        return index >= 0
            ? destination.DeclareInput(index, slot.Spec.DataType, slot.Dimensions, slot.ByteSize)
            : new InferenceStatus(StatusCode.InvalidArgument, $"{destination.Model} has no input '{slot.Spec.Name}'.");
    }

    private static InferenceStatus Request(InferenceRequest destination, TensorSlot slot)
    {
        var index = Find(destination, slot.Spec.Name, isInput: false);
        return index >= 0
            ? destination.RequestOutput(index)
            : new InferenceStatus(StatusCode.InvalidArgument, $"{destination.Model} has no output '{slot.Spec.Name}'.");
    }

    private static int Find(InferenceRequest request, string name, bool isInput)
    {
        Span<byte> room = stackalloc byte[LongestName];
        var utf8 = Encoding.UTF8.TryGetBytes(name, room, out var length) ? room[..length] : Encoding.UTF8.GetBytes(name);
        return isInput ? request.Plan.FindInput(utf8) : request.Plan.FindOutput(utf8);
    }
}
