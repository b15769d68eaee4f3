using Camshaft.Backends;
using Camshaft.Engine.Inference;

namespace Camshaft.Engine.Orchestration.WarmUp;

/// <summary>The inputs of a warm-up request, of which batches of any size are made. Immutable.</summary>
/// <param name="name">For messages; null = made up from the signature alone.</param>
/// <param name="tensors">By the signature's order; null = left out.</param>
internal sealed class Sample(string? name, IReadOnlyList<SampleTensor?> tensors)
{
    public string? Name => name;

    /// <summary>Declares the inputs.</summary>
    /// <param name="request">The request.</param>
    /// <param name="rows">How many rows; null = the sample as it is.</param>
    /// <returns>Success, or what the engine has against it.</returns>
    public InferenceStatus Declare(InferenceRequest request, int? rows)
    {
        Span<long> dimensions = stackalloc long[Shape.MaxRank];
        for (var i = 0; i < tensors.Count; i++)
        {
            if (tensors[i] is { } tensor)
            {
                var status = request.DeclareInput(i, tensor.DataType, tensor.GetDimensions(rows, dimensions), tensor.GetByteSize(rows));
                if (!status.IsOk)
                {
                    return status;
                }
            }
        }

        return InferenceStatus.Ok;
    }

    /// <summary>Fills the inputs that were declared.</summary>
    public void Fill(InferenceRequest request, int? rows)
    {
        for (var i = 0; i < tensors.Count; i++)
        {
            tensors[i]?.Fill(request.GetInput(i).Bytes, rows);
        }
    }
}
