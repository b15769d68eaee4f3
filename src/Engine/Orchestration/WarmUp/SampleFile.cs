using Camshaft.Backends;
using Camshaft.Engine.Tensors;

namespace Camshaft.Engine.Orchestration.WarmUp;

/// <summary>Reads a sample's input from a file: NumPy's form, which knows its shape, or the bytes of the tensor and nothing else.</summary>
internal static class SampleFile
{
    private const string NumPyExtension = ".npy";

    // What a header of version 1 takes at most, and far more than any real one.
    private const int HeaderByteSizeLimit = 1 << 16;

    /// <summary>Reads it.</summary>
    /// <param name="path">The file. Where its links lead, the repository has looked at.</param>
    /// <param name="spec">What the model expects.</param>
    /// <param name="stated">The shape that the configuration states; null = none.</param>
    /// <param name="byteSizeLimit">The bytes that it may have.</param>
    /// <exception cref="BackendException">It is not there, or not what the model expects.</exception>
    public static SampleTensor Read(string path, TensorSpec spec, Shape? stated, long byteSizeLimit)
    {
        try
        {
            using var file = File.OpenRead(path);
            return path.EndsWith(NumPyExtension, StringComparison.Ordinal) ? ReadNumPy(file, spec, stated, byteSizeLimit) : ReadRaw(file, spec, stated, byteSizeLimit);
        }
        catch (Exception exception) when (exception is FileNotFoundException or DirectoryNotFoundException)
        {
            throw SampleReader.Refuse($"input '{spec.Name}': the file '{path}' does not exist");
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
        {
            throw SampleReader.Refuse($"input '{spec.Name}': the file '{path}' cannot be read: {exception.Message}");
        }
    }

    private static SampleTensor ReadNumPy(FileStream file, TensorSpec spec, Shape? stated, long byteSizeLimit)
    {
        var start = new byte[HeaderByteSizeLimit];
        var length = file.ReadAtLeast(start, start.Length, throwOnEndOfStream: false);
        if (!NpyHeader.TryRead(start.AsSpan(0, length), out var header, out var fault))
        {
            throw SampleReader.Refuse($"input '{spec.Name}': the file '{file.Name}' {fault}");
        }

        if (header.DataType != spec.DataType)
        {
            throw SampleReader.Refuse($"input '{spec.Name}': the file '{file.Name}' holds {header.DataType.Name}; expected {spec.DataType.Name}");
        }

        if (header.Shape.Count > Shape.MaxRank)
        {
            throw SampleReader.Refuse($"input '{spec.Name}': the file '{file.Name}' has {header.Shape.Count} dimensions; expected {spec.Shape}");
        }

        var shape = new Shape([.. header.Shape]);
        if (stated is { } other && other != shape)
        {
            throw SampleReader.Refuse($"input '{spec.Name}': the file '{file.Name}' has shape {shape}; the sample says {other}");
        }

        file.Position = header.DataOffset;
        return ReadElements(file, spec, SampleReader.ChooseShape(spec, shape), byteSizeLimit);
    }

    private static SampleTensor ReadRaw(FileStream file, TensorSpec spec, Shape? stated, long byteSizeLimit) =>
        ReadElements(file, spec, SampleReader.ChooseShape(spec, stated), byteSizeLimit);

    private static SampleTensor ReadElements(FileStream file, TensorSpec spec, Shape shape, long byteSizeLimit)
    {
        var count = SampleReader.CountElements(spec, shape, byteSizeLimit);
        var byteSize = file.Length - file.Position;
        if (spec.DataType.HasFixedSize && byteSize != (long)count * spec.DataType.ByteSize)
        {
            throw SampleReader.Refuse($"input '{spec.Name}': the file '{file.Name}' holds {byteSize} bytes; expected {(long)count * spec.DataType.ByteSize} for {spec.DataType.Name} {shape}");
        }

        if (byteSize > Math.Min(byteSizeLimit, Array.MaxLength))
        {
            throw SampleReader.Refuse($"input '{spec.Name}': the file '{file.Name}' holds {byteSize} bytes, more than the memory budget for tensors ({byteSizeLimit})");
        }

        var bytes = new byte[byteSize];
        file.ReadExactly(bytes);
        return spec.DataType.HasFixedSize || (BytesTensor.TryCountElements(bytes, out var elements) && elements == count)
            ? new SampleTensor(spec.DataType, shape, bytes, spec.BatchAxis)
            : throw SampleReader.Refuse($"input '{spec.Name}': the file '{file.Name}' does not hold the {count} elements of BYTES {shape}, each with its length before it");
    }
}
