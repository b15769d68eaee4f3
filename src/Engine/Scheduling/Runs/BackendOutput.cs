using Camshaft.Backends;
using Camshaft.Engine.Inference;
using Camshaft.Engine.Memory;
using Camshaft.Engine.Models;

namespace Camshaft.Engine.Scheduling.Runs;

/// <summary>What a backend says of an output that it gives during a run: whether that holds, and memory for it.</summary>
internal static class BackendOutput
{
    /// <summary>Checks an output against the model's signature, and its bytes against its shape.</summary>
    /// <exception cref="BackendException">It is not what the signature says, or too large.</exception>
    public static void Check(ModelVersion model, TensorSpec spec, DataType dataType, scoped ReadOnlySpan<long> shape, long byteSize)
    {
        if (dataType != spec.DataType)
        {
            throw new BackendException(StatusCode.Internal, $"{model}: the backend gave output '{spec.Name}' datatype {dataType.Name}; expected {spec.DataType.Name}.");
        }

        if (shape.Length > Shape.MaxRank || !spec.Shape.Accepts(shape))
        {
            throw new BackendException(StatusCode.Internal, $"{model}: the backend gave output '{spec.Name}' shape {Shape.Format(shape)}; expected {spec.Shape}.");
        }

        var isCountable = Shape.TryGetElementCount(shape, out var elementCount);
        if (!isCountable || byteSize > int.MaxValue || byteSize < 0)
        {
            throw new BackendException(StatusCode.ResourceExhausted, $"{model}: output '{spec.Name}' has shape {Shape.Format(shape)}; a tensor has at most {int.MaxValue} bytes.");
        }

        if (spec.DataType.HasFixedSize && byteSize != elementCount * spec.DataType.ByteSize)
        {
            throw new BackendException(StatusCode.Internal, $"{model}: the backend gave output '{spec.Name}' {byteSize} bytes for {spec.DataType.Name} {Shape.Format(shape)}.");
        }
    }

    /// <summary>Takes memory for an output. The caller owns it.</summary>
    /// <exception cref="BackendException">There is not that much now (<see cref="StatusCode.ResourceExhausted"/>).</exception>
    public static TensorBuffer Rent(ModelVersion model, HostMemoryPool memory, TensorSpec spec, long byteSize)
    {
        try
        {
            return memory.TryRent(byteSize, MemoryPurpose.Output, out var buffer)
                ? buffer
                : throw new BackendException(
                    StatusCode.ResourceExhausted,
                    $"{model}: output '{spec.Name}' of {byteSize} bytes does not fit the memory budget for tensors ({memory.BudgetByteSize} bytes) now.");
        }
        catch (OutOfMemoryException exception)
        {
            throw new BackendException(StatusCode.ResourceExhausted, RequestErrors.SystemOutOfMemory(model).Message, exception);
        }
    }
}
