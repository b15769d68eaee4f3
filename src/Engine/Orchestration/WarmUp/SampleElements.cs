using System.Runtime.InteropServices;
using Camshaft.Backends;
using Camshaft.Engine.Models.Configuration;
using Camshaft.Engine.Tensors;

namespace Camshaft.Engine.Orchestration.WarmUp;

/// <summary>Makes the elements of a sample's input that does not come from a file.</summary>
internal static class SampleElements
{
    // The same numbers at each start: what a run takes may depend on them.
    private const int Seed = 1;

    /// <summary>Makes them.</summary>
    /// <exception cref="BackendException">A value is none of the datatype, or they are too few or too many.</exception>
    public static byte[] Create(TensorSpec spec, Shape shape, WarmUpData? data, long byteSizeLimit)
    {
        var count = SampleReader.CountElements(spec, shape, byteSizeLimit);
        return data switch
        {
            WarmUpData.Listed listed when listed.Texts.Count != count =>
                throw SampleReader.Refuse($"input '{spec.Name}' has {listed.Texts.Count} values; expected {count} for shape {shape}"),
            WarmUpData.Listed listed => Join(listed.Texts.Select(text => Parse(spec, text)), byteSizeLimit, spec),
            WarmUpData.Constant constant => Join(Enumerable.Repeat(Parse(spec, constant.Text), count), byteSizeLimit, spec),
            WarmUpData.Zeros => new byte[count * (spec.DataType.HasFixedSize ? spec.DataType.ByteSize : BytesTensor.PrefixByteSize)],
            _ => MakeUp(spec.DataType, count, drawsIntegers: data is WarmUpData.Random),
        };
    }

    // Integers are often indices, of which 0 is the one that is sure to exist and 1 nearly so.
    private static byte[] MakeUp(DataType dataType, int count, bool drawsIntegers)
    {
        var random = new Random(Seed);
        var elementByteSize = dataType.HasFixedSize ? dataType.ByteSize : BytesTensor.PrefixByteSize;
        var bytes = new byte[count * elementByteSize];
        for (var i = 0; i < count; i++)
        {
            var element = bytes.AsSpan(i * elementByteSize, elementByteSize);
            switch (dataType)
            {
                case DataType.Float32:
                    MemoryMarshal.Write(element, random.NextSingle());
                    break;
                case DataType.Float64:
                    MemoryMarshal.Write(element, random.NextDouble());
                    break;
                case DataType.Float16:
                    MemoryMarshal.Write(element, (Half)random.NextSingle());
                    break;
                case DataType.BFloat16:
                    MemoryMarshal.Write(element, (ushort)(BitConverter.SingleToUInt32Bits(random.NextSingle()) >> 16));
                    break;
                case DataType.Bytes:
                    break;
                default:
                    element[0] = (byte)(drawsIntegers ? random.Next(2) : 0);
                    break;
            }
        }

        return bytes;
    }

    private static byte[] Parse(TensorSpec spec, string text) => ElementText.TryParse(spec.DataType, text, out var element)
        ? element
        : throw SampleReader.Refuse($"input '{spec.Name}' has the value '{text}'; expected one of {spec.DataType.Name}");

    private static byte[] Join(IEnumerable<byte[]> elements, long byteSizeLimit, TensorSpec spec)
    {
        using var joined = new MemoryStream();
        foreach (var element in elements)
        {
            if (joined.Length + element.Length > Math.Min(byteSizeLimit, Array.MaxLength))
            {
                throw new BackendException(StatusCode.ResourceExhausted, $"input '{spec.Name}' has more bytes than the memory budget for tensors ({byteSizeLimit})");
            }

            joined.Write(element);
        }

        return joined.ToArray();
    }
}
