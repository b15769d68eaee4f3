using System.Runtime.InteropServices;
using Camshaft.Backends;
using Camshaft.Engine.Inference;

namespace Camshaft.MemoryBenchmark;

/// <summary>Sends one request with made-up inputs of the shapes that the models take.</summary>
internal static class SampleRequest
{
    private const long SampleRate = 16000;

    // Of the one model whose lengths may vary; the others say their shapes themselves.
    private static readonly Dictionary<string, long[]> Shapes = new(StringComparer.Ordinal) { ["input"] = [1, 576], ["state"] = [2, 1, 128], ["sr"] = [] };

    public static async Task<InferenceStatus> RunAsync(InferenceRequest request)
    {
        for (var i = 0; i < request.Signature.Inputs.Count; i++)
        {
            var input = request.Signature.Inputs[i];
            if (input.IsOptional)
            {
                continue;
            }

            var shape = input.Shape.Dimensions.ToArray();
            shape = shape.Contains(Shape.Variable) ? Shapes[input.Name] : shape;
            var declared = request.DeclareInput(i, input.DataType, shape, shape.Aggregate(1L, static (product, length) => product * length) * input.DataType.ByteSize);
            if (!declared.IsOk)
            {
                return declared;
            }
        }

        var reserved = await request.ReserveAsync(CancellationToken.None).ConfigureAwait(false);
        if (!reserved.IsOk)
        {
            return reserved;
        }

        Fill(request);
        return await request.RunAsync().ConfigureAwait(false);
    }

    private static void Fill(InferenceRequest request)
    {
        for (var i = 0; i < request.Signature.Inputs.Count; i++)
        {
            if (request.Signature.Inputs[i].IsOptional)
            {
                continue;
            }

            var input = request.GetInput(i);
            input.Bytes.Clear();
            if (input.DataType == DataType.Int64)
            {
                MemoryMarshal.Cast<byte, long>(input.Bytes).Fill(SampleRate);
            }
        }
    }
}
