using System.Buffers.Binary;
using System.Globalization;
using System.Text;
using Camshaft.Backends;
using Camshaft.Load.Arrivals;
using Camshaft.Load.Plans;

namespace Camshaft.Load.Targets;

/// <summary>Makes a model's inputs from its signature: shapes as the plan says where the signature leaves them open, data from the seed.</summary>
internal static class RequestInputs
{
    // Beside the stream of a model's arrivals, whose numbers are small.
    private const int DataStream = 1 << 20;

    // Numbers as text, since models that take text often parse it.
    private const int RandomNumberLimit = 10;

    /// <summary>Makes them.</summary>
    /// <param name="load">The model as the plan has it.</param>
    /// <param name="signature">Its inputs.</param>
    /// <param name="seed">The plan's seed.</param>
    /// <exception cref="LoadException">The plan names an input that is not there, or a shape is open or does not fit.</exception>
    public static RequestInput[] Create(ModelLoad load, IReadOnlyList<TensorSpec> signature, int seed)
    {
        foreach (var name in load.Shapes.Keys.Concat(load.FillValues.Keys))
        {
            if (!signature.Any(input => input.Name == name))
            {
                throw new LoadException($"Model '{load.Name}' has no input '{name}'; expected {string.Join(", ", signature.Select(static input => $"'{input.Name}'"))}.");
            }
        }

        var random = Seed.CreateRandom(seed, DataStream);
        return [.. signature.Where(input => !input.IsOptional || load.Shapes.ContainsKey(input.Name) || load.FillValues.ContainsKey(input.Name)).Select(input => Create(load, input, random))];
    }

    private static RequestInput Create(ModelLoad load, TensorSpec input, Random random)
    {
        var shape = FindShape(load, input);
        if (!Shape.TryGetElementCount(shape, out var elementCount) || elementCount * Math.Max(1, input.DataType.ByteSize) > Array.MaxLength)
        {
            throw new LoadException($"Model '{load.Name}': input '{input.Name}' of shape {Shape.Format(shape)} is too large to be sent.");
        }

        double? fill = load.FillValues.TryGetValue(input.Name, out var value) ? value : null;
        return new RequestInput(input.Name, input.DataType, shape, CreateData(input.DataType, (int)elementCount, fill, random));
    }

    private static long[] FindShape(ModelLoad load, TensorSpec input)
    {
        if (load.Shapes.TryGetValue(input.Name, out var shape))
        {
            return input.Shape.Accepts(shape)
                ? shape
                : throw new LoadException($"Model '{load.Name}': input '{input.Name}' is to have shape {Shape.Format(shape)}; the model expects {input.Shape}.");
        }

        shape = input.Shape.Dimensions.ToArray();
        if (shape.Length > 0 && shape[0] == Shape.Variable)
        {
            shape[0] = load.BatchSize;
        }

        return !shape.Contains(Shape.Variable)
            ? shape
            : throw new LoadException($"Model '{load.Name}': input '{input.Name}' has shape {input.Shape}; say how long it is, as in shape.{input.Name}={string.Join('x', shape.Select(static length => length < 0 ? 16 : length))}.");
    }

    private static byte[] CreateData(DataType dataType, int elementCount, double? fill, Random random)
    {
        if (dataType == DataType.Bytes)
        {
            return CreateText(elementCount, fill, random);
        }

        var data = new byte[elementCount * dataType.ByteSize];
        var element = data.AsSpan();
        for (var i = 0; i < elementCount; i++, element = element[dataType.ByteSize..])
        {
            Write(element, dataType, fill ?? (IsFloatingPoint(dataType) ? random.NextDouble() : random.Next(dataType == DataType.Bool ? 2 : RandomNumberLimit)));
        }

        return data;
    }

    private static byte[] CreateText(int elementCount, double? fill, Random random)
    {
        using var data = new MemoryStream();
        var prefix = new byte[BytesTensor.PrefixByteSize];
        for (var i = 0; i < elementCount; i++)
        {
            var text = Encoding.ASCII.GetBytes((fill ?? random.Next(RandomNumberLimit)).ToString(CultureInfo.InvariantCulture));
            BinaryPrimitives.WriteInt32LittleEndian(prefix, text.Length);
            data.Write(prefix);
            data.Write(text);
        }

        return data.ToArray();
    }

    private static bool IsFloatingPoint(DataType dataType) => dataType is DataType.Float16 or DataType.Float32 or DataType.Float64 or DataType.BFloat16;

    private static void Write(Span<byte> element, DataType dataType, double number)
    {
        switch (dataType)
        {
            case DataType.Float64:
                BinaryPrimitives.WriteDoubleLittleEndian(element, number);
                break;
            case DataType.Float32:
                BinaryPrimitives.WriteSingleLittleEndian(element, (float)number);
                break;
            case DataType.Float16:
                BinaryPrimitives.WriteHalfLittleEndian(element, (Half)number);
                break;
            case DataType.BFloat16:
                BinaryPrimitives.WriteUInt16LittleEndian(element, (ushort)(BitConverter.SingleToUInt32Bits((float)number) >> 16));
                break;
            case DataType.Bool:
                element[0] = number == 0 ? (byte)0 : (byte)1;
                break;
            default:
                // Two's complement, so that the low bytes of a long are those of every smaller integer.
                Span<byte> bytes = stackalloc byte[sizeof(long)];
                BinaryPrimitives.WriteInt64LittleEndian(bytes, (long)number);
                bytes[..dataType.ByteSize].CopyTo(element);
                break;
        }
    }
}
