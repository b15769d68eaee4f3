using Camshaft.Backends;
using Camshaft.Engine.Models;

namespace Camshaft.Engine.Inference;

/// <summary>Compares what a request says of an input with what the model expects of it.</summary>
internal static class InputCheck
{
    /// <summary>Checks datatype, shape and byte size.</summary>
    /// <param name="model">For messages.</param>
    /// <param name="spec">What the model expects.</param>
    /// <param name="dataType">What the client states.</param>
    /// <param name="shape">What the client states; changed to the model's own form of a scalar.</param>
    /// <param name="byteSize">How many bytes the client sends.</param>
    public static InferenceStatus Check(ModelVersion model, TensorSpec spec, DataType dataType, ref ReadOnlySpan<long> shape, long byteSize)
    {
        if (dataType != spec.DataType)
        {
            return Invalid(model, spec, $"has datatype {dataType.Name}; expected {spec.DataType.Name}.");
        }

        shape = ToScalarForm(spec, shape);
        if (!spec.Shape.Accepts(shape))
        {
            return Invalid(model, spec, $"has shape {Shape.Format(shape)}; expected {spec.Shape}.");
        }

        if (!Shape.TryGetElementCount(shape, out var elementCount))
        {
            return Invalid(model, spec, $"has shape {Shape.Format(shape)}, which is more elements than can be counted.");
        }

        return CheckByteSize(model, spec, shape, elementCount, byteSize);
    }

    /// <summary>Checks that the elements of a BYTES input are whole and as many as its shape says.</summary>
    public static InferenceStatus CheckElements(ModelVersion model, TensorSlot input)
    {
        Shape.TryGetElementCount(input.Dimensions, out var expected);
        return BytesTensor.TryCountElements(input.View.Bytes, out var count) && count == expected
            ? InferenceStatus.Ok
            : Invalid(model, input.Spec, $"has shape {Shape.Format(input.Dimensions)}, which is {expected} elements; its {input.ByteSize} bytes hold {count} whole ones{(count == expected ? " and a rest" : "")}.");
    }

    private static InferenceStatus CheckByteSize(ModelVersion model, TensorSpec spec, ReadOnlySpan<long> shape, long elementCount, long byteSize)
    {
        // A BYTES element has at least its length.
        var elementByteSize = spec.DataType.HasFixedSize ? spec.DataType.ByteSize : BytesTensor.PrefixByteSize;
        if (elementCount > int.MaxValue / elementByteSize || byteSize > int.MaxValue)
        {
            return Invalid(model, spec, $"has shape {Shape.Format(shape)}; a tensor has at most {int.MaxValue} bytes.");
        }

        var expected = elementCount * elementByteSize;
        if (spec.DataType.HasFixedSize ? byteSize != expected : byteSize < expected)
        {
            var least = spec.DataType.HasFixedSize ? "" : "at least ";
            return Invalid(model, spec, $"has {byteSize} bytes; expected {least}{expected} for {spec.DataType.Name} {Shape.Format(shape)}.");
        }

        return InferenceStatus.Ok;
    }

    private static ReadOnlySpan<long> ToScalarForm(TensorSpec spec, ReadOnlySpan<long> shape)
    {
        if (spec.Shape.Rank == 0 && shape is [1])
        {
            return [];
        }

        return spec.Shape.Rank == 1 && shape.IsEmpty && spec.Shape.Accepts([1]) ? [1] : shape;
    }

    private static InferenceStatus Invalid(ModelVersion model, TensorSpec spec, string what) =>
        new(StatusCode.InvalidArgument, $"{model}: input '{spec.Name}' {what}");
}
