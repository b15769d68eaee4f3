using Camshaft.Backends;
using Camshaft.Engine.Models.Configuration;

namespace Camshaft.Engine.Orchestration.WarmUp;

/// <summary>Makes the samples of a model: what its configuration says, completed from its signature.</summary>
/// <param name="signature">The model's tensors.</param>
/// <param name="directory">Where sample files lie.</param>
/// <param name="byteSizeLimit">The bytes that an input may have.</param>
internal sealed class SampleReader(ModelSignature signature, string directory, long byteSizeLimit)
{
    /// <summary>Makes them.</summary>
    /// <exception cref="BackendException">One does not fit the signature, or a file is not there or not what it should be.</exception>
    public IReadOnlyList<Sample> Read(IReadOnlyList<WarmUpSample> samples) =>
        samples.Count == 0 ? [new Sample(null, [.. signature.Inputs.Select(spec => spec.IsOptional ? null : Read(spec, new WarmUpInput(spec.Name)))])] : [.. samples.Select(Read)];

    private Sample Read(WarmUpSample sample)
    {
        try
        {
            if (sample.Inputs.FirstOrDefault(input => signature.Inputs.All(spec => spec.Name != input.Name)) is { } unknown)
            {
                throw Refuse($"input '{unknown.Name}' does not exist; the model has {string.Join(", ", signature.Inputs.Select(static spec => $"'{spec.Name}'"))}");
            }

            return new Sample(sample.Name, [.. signature.Inputs.Select(spec => sample.Inputs.FirstOrDefault(input => input.Name == spec.Name) is { } stated
                ? Read(spec, stated)
                : spec.IsOptional ? null : Read(spec, new WarmUpInput(spec.Name)))]);
        }
        catch (BackendException exception)
        {
            throw new BackendException(exception.Code, $"warm-up sample '{sample.Name}': {exception.Message}");
        }
    }

    private SampleTensor Read(TensorSpec spec, WarmUpInput input)
    {
        if (input.DataType is { } dataType && dataType != spec.DataType)
        {
            throw Refuse($"input '{spec.Name}' has datatype {dataType.Name}; expected {spec.DataType.Name}");
        }

        if (input.Data is WarmUpData.FromFile file)
        {
            return SampleFile.Read(Path.Combine(directory, file.FileName), spec, input.Shape, byteSizeLimit);
        }

        var shape = ChooseShape(spec, input.Shape);
        return new SampleTensor(spec.DataType, shape, SampleElements.Create(spec, shape, input.Data, byteSizeLimit), spec.BatchAxis);
    }

    /// <summary>The shape that is stated, or else the signature's with 1 for each length that varies.</summary>
    /// <exception cref="BackendException">It does not fit the signature.</exception>
    public static Shape ChooseShape(TensorSpec spec, Shape? stated)
    {
        var shape = stated ?? new Shape([.. spec.Shape.Dimensions.ToArray().Select(static length => length == Shape.Variable ? 1 : length)]);

        // A scalar may be written as one element, as clients may send it.
        shape = shape.Rank == 1 && spec.Shape.Rank == 0 && shape[0] == 1 ? default : shape;
        if (!spec.Shape.Accepts(shape.Dimensions))
        {
            throw Refuse($"input '{spec.Name}' has shape {shape}; expected {spec.Shape}");
        }

        return spec.BatchAxis is not { } axis || shape[axis] > 0 ? shape : throw Refuse($"input '{spec.Name}' has shape {shape}, which has no row");
    }

    /// <summary>Counts the elements of an input and says whether they are too many.</summary>
    /// <exception cref="BackendException">They are.</exception>
    public static int CountElements(TensorSpec spec, Shape shape, long byteSizeLimit)
    {
        var elementByteSize = spec.DataType.HasFixedSize ? spec.DataType.ByteSize : BytesTensor.PrefixByteSize;
        return shape.TryGetElementCount(out var count) && count <= Math.Min(byteSizeLimit, Array.MaxLength) / elementByteSize
            ? (int)count
            : throw new BackendException(StatusCode.ResourceExhausted, $"input '{spec.Name}' has shape {shape}, which is more than the memory budget for tensors ({byteSizeLimit} bytes)");
    }

    public static BackendException Refuse(string message) => new(StatusCode.InvalidArgument, message);
}
