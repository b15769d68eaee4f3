using System.Runtime.InteropServices;
using Camshaft.Backends;
using Camshaft.Engine.Inference;

namespace Camshaft.Engine.Orchestration.WarmUp;

/// <summary>Makes up a request from a model's signature: numbers where they are asked for, and 1 for each length that may vary.</summary>
internal static class SampleInputs
{
    /// <summary>Declares every input.</summary>
    /// <returns>Success, or what the engine has against it.</returns>
    public static InferenceStatus Declare(InferenceRequest request, int rows)
    {
        Span<long> dimensions = stackalloc long[Shape.MaxRank];
        var inputs = request.Signature.Inputs;
        for (var i = 0; i < inputs.Count; i++)
        {
            if (inputs[i].IsOptional)
            {
                continue;
            }

            var shape = inputs[i].Shape;
            for (var dimension = 0; dimension < shape.Rank; dimension++)
            {
                dimensions[dimension] = shape[dimension] != Shape.Variable ? shape[dimension] : dimension == inputs[i].BatchAxis ? rows : 1;
            }

            if (!Shape.TryGetElementCount(dimensions[..shape.Rank], out var elementCount))
            {
                return new InferenceStatus(StatusCode.InvalidArgument, $"input '{inputs[i].Name}' has more elements than can be counted");
            }

            var elementByteSize = inputs[i].DataType.HasFixedSize ? inputs[i].DataType.ByteSize : BytesTensor.PrefixByteSize;
            var status = request.DeclareInput(i, inputs[i].DataType, dimensions[..shape.Rank], elementCount * elementByteSize);
            if (!status.IsOk)
            {
                return status;
            }
        }

        return InferenceStatus.Ok;
    }

    /// <summary>Fills every input: FP32 with numbers from 0 to 1, all else with zeros, which are empty strings too.</summary>
    public static void Fill(InferenceRequest request)
    {
        var random = new Random(request.RowCount);
        for (var i = 0; i < request.Signature.Inputs.Count; i++)
        {
            if (!request.Inputs[i].IsPresent)
            {
                continue;
            }

            var input = request.GetInput(i);
            if (input.DataType != DataType.Float32)
            {
                input.Bytes.Clear();
                continue;
            }

            foreach (ref var number in MemoryMarshal.Cast<byte, float>(input.Bytes))
            {
                number = random.NextSingle();
            }
        }
    }
}
