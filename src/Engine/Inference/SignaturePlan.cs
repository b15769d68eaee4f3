using System.Text;
using Camshaft.Backends;
using Camshaft.Engine.Inference.OutputChecks;
using Camshaft.Engine.Models.Configuration;

namespace Camshaft.Engine.Inference;

/// <summary>
/// What is worked out once of a signature so that requests need not: names as UTF-8, and from which input's dimension each
/// variable dimension of an output takes its length, and what its values must be. Immutable.
/// </summary>
internal sealed class SignaturePlan
{
    private readonly byte[][] _inputNames;
    private readonly byte[][] _outputNames;
    private readonly DimensionSource[][] _outputDimensions;
    private readonly OutputCheck?[] _outputChecks;

    public SignaturePlan(ModelSignature signature, IReadOnlyList<TensorConfiguration> outputs)
    {
        Signature = signature;
        _inputNames = [.. signature.Inputs.Select(static tensor => Encoding.UTF8.GetBytes(tensor.Name))];
        _outputNames = [.. signature.Outputs.Select(static tensor => Encoding.UTF8.GetBytes(tensor.Name))];
        _outputDimensions = [.. signature.Outputs.Select(output => FindSources(output, signature.Inputs))];
        _outputChecks = [.. signature.Outputs.Select(output =>
            outputs.FirstOrDefault(stated => stated.Name == output.Name)?.Range is { } range ? OutputCheck.Create(output.DataType, range) : null)];
    }

    public ModelSignature Signature { get; }

    /// <summary>The input of a name; -1 = none.</summary>
    public int FindInput(ReadOnlySpan<byte> utf8Name) => Find(_inputNames, utf8Name);

    /// <summary>The output of a name; -1 = none.</summary>
    public int FindOutput(ReadOnlySpan<byte> utf8Name) => Find(_outputNames, utf8Name);

    /// <summary>The check of an output's values; null where every value will do.</summary>
    public OutputCheck? GetOutputCheck(int output) => _outputChecks[output];

    /// <summary>Works out an output's shape from those of the inputs.</summary>
    /// <returns><see langword="false"/> when some dimension is known only after the run, or the elements vary in size.</returns>
    public bool TryBindOutput(int output, ReadOnlySpan<TensorSlot> inputs, out Shape shape, out long byteSize)
    {
        shape = default;
        byteSize = 0;
        var elementByteSize = Signature.Outputs[output].DataType.ByteSize;
        if (elementByteSize == 0)
        {
            return false;
        }

        var sources = _outputDimensions[output];
        Span<long> dimensions = stackalloc long[Shape.MaxRank];
        for (var i = 0; i < sources.Length; i++)
        {
            var (length, input, dimension) = sources[i];
            if (length == Shape.Variable)
            {
                if (input < 0 || !inputs[input].IsPresent)
                {
                    return false;
                }

                length = inputs[input].Dimensions[dimension];
            }

            dimensions[i] = length;
        }

        dimensions = dimensions[..sources.Length];
        if (!Shape.TryGetElementCount(dimensions, out var elementCount) || elementCount > int.MaxValue / elementByteSize)
        {
            return false;
        }

        shape = new Shape(dimensions);
        byteSize = elementCount * elementByteSize;
        return true;
    }

    private static DimensionSource[] FindSources(TensorSpec output, IReadOnlyList<TensorSpec> inputs)
    {
        var sources = new DimensionSource[output.Shape.Rank];
        for (var i = 0; i < sources.Length; i++)
        {
            sources[i] = new DimensionSource(output.Shape[i], -1, 0);
            if (output.Shape[i] == Shape.Variable && output.GetSymbol(i) is { } symbol)
            {
                sources[i] = FindSymbol(symbol, inputs) ?? sources[i];
            }
        }

        return sources;
    }

    private static DimensionSource? FindSymbol(string symbol, IReadOnlyList<TensorSpec> inputs)
    {
        for (var input = 0; input < inputs.Count; input++)
        {
            for (var dimension = 0; dimension < inputs[input].Shape.Rank; dimension++)
            {
                if (inputs[input].GetSymbol(dimension) == symbol)
                {
                    return new DimensionSource(Shape.Variable, input, dimension);
                }
            }
        }

        return null;
    }

    private static int Find(byte[][] names, ReadOnlySpan<byte> name)
    {
        for (var i = 0; i < names.Length; i++)
        {
            if (name.SequenceEqual(names[i]))
            {
                return i;
            }
        }

        return -1;
    }

    /// <summary>A fixed length, or the input and dimension that has it; no input (-1) = known only after the run.</summary>
    private readonly record struct DimensionSource(long Length, int Input, int Dimension);
}
