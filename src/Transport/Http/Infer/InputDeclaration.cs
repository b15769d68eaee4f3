using System.Buffers;
using Camshaft.Backends;
using Camshaft.Engine.Inference;

namespace Camshaft.Transport.Http.Infer;

/// <summary>Tells the engine's request which inputs it carries and which outputs are wanted.</summary>
internal static class InputDeclaration
{
    /// <summary>Declares what a head says of inputs and outputs.</summary>
    /// <exception cref="InvalidRequestException">The model has not these, or wants them otherwise.</exception>
    public static void Declare(InferenceRequest request, InferHead head, in ReadOnlySequence<byte> json)
    {
        request.Priority = head.Priority;
        foreach (ref var input in head.Inputs)
        {
            input.Index = request.Model.FindInput(head.GetText(input.Name));
            if (input.Index < 0)
            {
                throw NoInput(request, head, input.Name);
            }

            InvalidRequestException.ThrowIfFailed(
                request.DeclareInput(input.Index, input.DataType, input.Shape.Dimensions, FindByteSize(request, input, json)));
        }

        foreach (ref readonly var output in head.Outputs)
        {
            var index = request.Model.FindOutput(head.GetText(output.Name));
            if (index < 0)
            {
                throw new InvalidRequestException($"{request.Model} has no output '{head.Describe(output.Name)}'; expected {Describe(request.Signature.Outputs)}.");
            }

            InvalidRequestException.ThrowIfFailed(request.RequestOutput(index));
        }
    }

    private static long FindByteSize(InferenceRequest request, in InputHead input, in ReadOnlySequence<byte> json)
    {
        if (input.BinaryByteSize >= 0)
        {
            return input.BinaryByteSize;
        }

        var name = request.Signature.Inputs[input.Index].Name;
        if (!TensorDataReader.CanCarry(input.DataType))
        {
            throw new InvalidRequestException($"{request.Model}: input '{name}' has datatype {input.DataType.Name}, which JSON cannot carry; send it in binary form.");
        }

        if (input.DataType == DataType.Bytes)
        {
            return TensorDataReader.MeasureBytes(json.Slice(input.DataStart), name);
        }

        // A count that cannot be, the engine refuses by the shape; the size does not matter then.
        if (!input.Shape.TryGetElementCount(out var elementCount) || elementCount > int.MaxValue)
        {
            return 0;
        }

        // Each element takes a letter at least: no memory is taken for what a few bytes only claim to hold.
        return elementCount <= json.Length
            ? elementCount * input.DataType.ByteSize
            : throw new InvalidRequestException($"{request.Model}: input '{name}' has shape {input.Shape}; the JSON part of {json.Length} bytes cannot hold its {elementCount} elements.");
    }

    /// <summary>Declares the one input whose data the body is, with what the model says where the head says nothing.</summary>
    /// <param name="request">The request.</param>
    /// <param name="head">What is known of the input; completed.</param>
    /// <param name="bodyByteSize">The body's length; null when the client does not say.</param>
    /// <exception cref="InvalidRequestException">It cannot be completed, or the model wants it otherwise.</exception>
    public static void DeclareDescribed(InferenceRequest request, InferHead head, long? bodyByteSize)
    {
        ref var input = ref head.Inputs[0];
        input.Index = FindInput(request, head, input.Name);
        var spec = request.Signature.Inputs[input.Index];
        if (input.DataType == DataType.Invalid)
        {
            input.DataType = spec.DataType;
        }

        if (input.BinaryByteSize < 0)
        {
            input.BinaryByteSize = bodyByteSize ?? throw new InvalidRequestException($"{request.Model}: a body of tensor data needs a Content-Length.");
        }

        var byteSize = input.BinaryByteSize;
        if (!input.HasShape)
        {
            input.IsOneElement = input.DataType == DataType.Bytes;
            var elementByteSize = input.IsOneElement ? 1 : input.DataType.ByteSize;
            input.Shape = RawRequest.TryFindShape(spec.Shape, input.IsOneElement ? 1 : byteSize / elementByteSize, out var shape)
                ? shape
                : throw new InvalidRequestException($"{request.Model}: the {byteSize} bytes of the body do not fit input '{spec.Name}', {spec.DataType.Name} {spec.Shape}; state the shape in the header {TensorHeaders.Dimensions}.");
            byteSize += input.IsOneElement ? BytesTensor.PrefixByteSize : 0;
        }

        InvalidRequestException.ThrowIfFailed(request.DeclareInput(input.Index, input.DataType, input.Shape.Dimensions, byteSize));
    }

    private static int FindInput(InferenceRequest request, InferHead head, TextRange name)
    {
        if (name.Length == 0)
        {
            return request.Signature.Inputs.Count == 1
                ? 0
                : throw new InvalidRequestException($"{request.Model} has {request.Signature.Inputs.Count} inputs; name the one that the body is in the header {TensorHeaders.Name}: {Describe(request.Signature.Inputs)}.");
        }

        var index = request.Model.FindInput(head.GetText(name));
        return index >= 0 ? index : throw NoInput(request, head, name);
    }

    private static InvalidRequestException NoInput(InferenceRequest request, InferHead head, TextRange name) =>
        new($"{request.Model} has no input '{head.Describe(name)}'; expected {Describe(request.Signature.Inputs)}.");

    private static string Describe(IReadOnlyList<TensorSpec> tensors) => string.Join(", ", tensors.Select(static tensor => $"'{tensor.Name}'"));
}
