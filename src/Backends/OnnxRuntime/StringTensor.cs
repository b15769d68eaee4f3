using System.Buffers;
using System.Buffers.Binary;

namespace Camshaft.Backends.OnnxRuntime;

/// <summary>
/// Moves BYTES tensors between the engine's form, lengths and bytes in one block, and ONNX Runtime's, an object per element.
/// The bytes are arbitrary: nothing is decoded, NUL is a byte like any other.
/// </summary>
internal static unsafe class StringTensor
{
    /// <summary>Makes a string value of an input. The caller releases it.</summary>
    public static nint Create(OnnxRuntimeModel model, int index, TensorView input)
    {
        nint value;
        fixed (long* dimensions = input.Shape)
        {
            var status = model.Api.CreateTensorAsOrtValue(model.Allocator, dimensions, (nuint)input.Shape.Length, Native.OrtElementTypes.String, &value);
            model.Api.ThrowIfFailed(status, nameof(model.Api.CreateTensorAsOrtValue), model.Subject);
        }

        try
        {
            Fill(model, index, value, input);
            return value;
        }
        catch
        {
            model.Api.ReleaseValue(value);
            throw;
        }
    }

    /// <summary>Writes a string value to memory that the engine gives for an output.</summary>
    public static void Copy(OnnxRuntimeModel model, nint value, ModelExecution execution, int index, ReadOnlySpan<long> shape, int elementCount)
    {
        nuint contentByteSize = 0;
        if (elementCount > 0)
        {
            model.Api.ThrowIfFailed(model.Api.GetStringTensorDataLength(value, &contentByteSize), nameof(model.Api.GetStringTensorDataLength), model.Subject);
        }

        var prefixes = (long)elementCount * BytesTensor.PrefixByteSize;
        var output = execution.AllocateOutput(index, DataType.Bytes, shape, prefixes + (long)contentByteSize).Bytes;
        if (elementCount > 0)
        {
            Copy(model, value, output, output[(int)prefixes..], elementCount);
        }
    }

    // The content is written to the tail of the output, where it has just the room it needs, and then moved forward element
    // by element to make room for the lengths: element i moves to a lower address, and its length ends before its old place.
    private static void Copy(OnnxRuntimeModel model, nint value, Span<byte> output, Span<byte> content, int elementCount)
    {
        var offsets = ArrayPool<nuint>.Shared.Rent(elementCount);
        try
        {
            fixed (byte* contentStart = content)
            fixed (nuint* offsetStart = offsets)
            {
                byte nothing; // All elements may be empty, and a null address is refused.
                var status = model.Api.GetStringTensorContent(value, contentStart is null ? &nothing : contentStart, (nuint)content.Length, offsetStart, (nuint)elementCount);
                model.Api.ThrowIfFailed(status, nameof(model.Api.GetStringTensorContent), model.Subject);
            }

            for (var i = 0; i < elementCount; i++)
            {
                var start = (int)offsets[i];
                var length = (i + 1 < elementCount ? (int)offsets[i + 1] : content.Length) - start;
                BinaryPrimitives.WriteInt32LittleEndian(output, length);
                content.Slice(start, length).CopyTo(output[BytesTensor.PrefixByteSize..]);
                output = output[(BytesTensor.PrefixByteSize + length)..];
            }
        }
        finally
        {
            ArrayPool<nuint>.Shared.Return(offsets);
        }
    }

    private static void Fill(OnnxRuntimeModel model, int index, nint value, TensorView input)
    {
        Shape.TryGetElementCount(input.Shape, out var elementCount);
        ReadOnlySpan<byte> rest = input.Bytes;
        for (var i = 0L; i < elementCount; i++)
        {
            if (!BytesTensor.TryReadElement(ref rest, out var element))
            {
                throw new BackendException(
                    StatusCode.InvalidArgument,
                    $"{model.Subject}: input '{model.Signature.Inputs[index].Name}' ends after {i} elements; expected {elementCount} for shape {Shape.Format(input.Shape)}.");
            }

            // The buffer is the element's own, of exactly the length asked for.
            byte* buffer;
            var status = model.Api.GetResizedStringTensorElementBuffer(value, (nuint)i, (nuint)element.Length, &buffer);
            model.Api.ThrowIfFailed(status, nameof(model.Api.GetResizedStringTensorElementBuffer), model.Subject);
            element.CopyTo(new Span<byte>(buffer, element.Length));
        }
    }
}
