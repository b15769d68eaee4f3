using System.Buffers.Binary;
using System.IO.Pipelines;
using Camshaft.Backends;
using Camshaft.Engine.Inference;

namespace Camshaft.Transport.Http.Infer;

/// <summary>
/// Triton's raw binary request: the whole body is the data of the model's only input, whose one variable dimension follows
/// from the number of bytes. A BYTES input gets the body as its one element.
/// </summary>
internal static class RawRequest
{
    /// <summary>Declares the input.</summary>
    /// <param name="request">The request.</param>
    /// <param name="byteSize">The body's length; null when the client does not say, which is refused.</param>
    public static InferenceStatus Declare(InferenceRequest request, long? byteSize)
    {
        if (request.Signature.Inputs is not [var input])
        {
            return Invalid(request, $"a raw binary request needs a model with one input; this one has {request.Signature.Inputs.Count}.");
        }

        if (byteSize is not { } length)
        {
            return Invalid(request, "a raw binary request needs a Content-Length.");
        }

        var isText = input.DataType == DataType.Bytes;
        var elementByteSize = isText ? 1 : input.DataType.ByteSize;
        return TryFindShape(input.Shape, isText ? 1 : length / elementByteSize, out var shape)
            ? request.DeclareInput(0, input.DataType, shape.Dimensions, isText ? length + BytesTensor.PrefixByteSize : length)
            : Invalid(request, $"the {length} bytes of a raw binary request do not fit input '{input.Name}', {input.DataType.Name} {input.Shape}.");
    }

    /// <summary>Reads the body into the input.</summary>
    public static async ValueTask ReadAsync(PipeReader body, InferenceRequest request, BodyDeadline deadline)
    {
        var offset = request.Signature.Inputs[0].DataType == DataType.Bytes ? WritePrefix(request, 0) : 0;
        await BodyReader.ReadTensorAsync(body, request, 0, offset, deadline).ConfigureAwait(false);
        await BodyReader.ReadEndAsync(body, request, deadline).ConfigureAwait(false);
    }

    /// <summary>Writes the length of the one element that a BYTES input is, before it.</summary>
    /// <returns>Where the element begins.</returns>
    public static int WritePrefix(InferenceRequest request, int index)
    {
        var input = request.GetInput(index);
        BinaryPrimitives.WriteInt32LittleEndian(input.Bytes, (int)input.ByteSize - BytesTensor.PrefixByteSize);
        return BytesTensor.PrefixByteSize;
    }

    /// <summary>Finds the shape of so many elements, where a model's own leaves one length open: a leading one, beside another, is a batch of one.</summary>
    public static bool TryFindShape(in Shape expected, long elementCount, out Shape shape)
    {
        shape = default;
        Span<long> dimensions = stackalloc long[Shape.MaxRank];
        var variable = -1;
        long known = 1;
        for (var i = 0; i < expected.Rank; i++)
        {
            dimensions[i] = expected[i];
            if (expected[i] == Shape.Variable)
            {
                // A leading variable dimension is a batch, of one; a second one is the one to find.
                if (variable > 0)
                {
                    return false;
                }

                if (variable == 0)
                {
                    dimensions[0] = 1;
                }

                variable = i;
            }
            else
            {
                known *= expected[i];
            }
        }

        if (variable >= 0)
        {
            if (known == 0 || elementCount % known != 0)
            {
                return false;
            }

            dimensions[variable] = elementCount / known;
        }

        shape = new Shape(dimensions[..expected.Rank]);
        return true;
    }

    private static InferenceStatus Invalid(InferenceRequest request, string what) => new(StatusCode.InvalidArgument, $"{request.Model}: {what}");
}
