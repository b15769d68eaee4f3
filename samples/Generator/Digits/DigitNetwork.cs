using System.Numerics.Tensors;

namespace Camshaft.Samples.Digits;

/// <summary>
/// The digits model: one hidden layer that rectifies, ten outputs, softmax. All its numbers lie in one array, and so does
/// their gradient.
/// </summary>
internal sealed class DigitNetwork
{
    public const int InputCount = DigitImage.PixelCount;
    public const int HiddenCount = 128;
    public const int OutputCount = 10;

    private const int HiddenBiasStart = HiddenCount * InputCount;
    private const int OutputWeightsStart = HiddenBiasStart + HiddenCount;
    private const int OutputBiasStart = OutputWeightsStart + (OutputCount * HiddenCount);

    /// <summary>How many numbers it has.</summary>
    public const int ParameterCount = OutputBiasStart + OutputCount;

    private readonly float[] _parameters = new float[ParameterCount];
    private readonly float[] _hidden = new float[HiddenCount];
    private readonly float[] _hiddenGradient = new float[HiddenCount];
    private readonly float[] _probabilities = new float[OutputCount];

    /// <summary>Makes one that knows nothing, with weights as large as layers of these widths bear (He's rule).</summary>
    public DigitNetwork(SeededRandom random)
    {
        random.NextFloats(HiddenBiasStart, MathF.Sqrt(6f / InputCount)).CopyTo(_parameters, 0);
        random.NextFloats(OutputBiasStart - OutputWeightsStart, MathF.Sqrt(6f / HiddenCount)).CopyTo(_parameters, OutputWeightsStart);
    }

    public Span<float> Parameters => _parameters;

    /// <summary>Shape [hidden, input].</summary>
    public ReadOnlySpan<float> HiddenWeights => Parameters[..HiddenBiasStart];

    public ReadOnlySpan<float> HiddenBias => Parameters[HiddenBiasStart..OutputWeightsStart];

    /// <summary>Shape [output, hidden].</summary>
    public ReadOnlySpan<float> OutputWeights => Parameters[OutputWeightsStart..OutputBiasStart];

    public ReadOnlySpan<float> OutputBias => Parameters[OutputBiasStart..];

    /// <summary>The probability of each digit; valid until the next call.</summary>
    public ReadOnlySpan<float> Classify(ReadOnlySpan<float> input)
    {
        for (var i = 0; i < HiddenCount; i++)
        {
            _hidden[i] = Math.Max(0f, HiddenBias[i] + TensorPrimitives.Dot(HiddenWeights.Slice(i * InputCount, InputCount), input));
        }

        for (var i = 0; i < OutputCount; i++)
        {
            _probabilities[i] = OutputBias[i] + TensorPrimitives.Dot(OutputWeights.Slice(i * HiddenCount, HiddenCount), _hidden);
        }

        TensorPrimitives.SoftMax(_probabilities, _probabilities);
        return _probabilities;
    }

    /// <summary>Adds the slope of one example's loss to a gradient.</summary>
    /// <returns>The loss: the negative logarithm of the right digit's probability.</returns>
    public float AddGradient(ReadOnlySpan<float> input, int digit, Span<float> gradient)
    {
        var loss = -MathF.Log(Math.Max(Classify(input)[digit], float.Epsilon));
        Array.Clear(_hiddenGradient);
        for (var i = 0; i < OutputCount; i++)
        {
            // Softmax and logarithm together have this simple slope.
            var slope = _probabilities[i] - (i == digit ? 1f : 0f);
            gradient[OutputBiasStart + i] += slope;
            AddScaled(gradient.Slice(OutputWeightsStart + (i * HiddenCount), HiddenCount), _hidden, slope);
            AddScaled(_hiddenGradient, OutputWeights.Slice(i * HiddenCount, HiddenCount), slope);
        }

        for (var i = 0; i < HiddenCount; i++)
        {
            if (_hidden[i] > 0f)
            {
                gradient[HiddenBiasStart + i] += _hiddenGradient[i];
                AddScaled(gradient.Slice(i * InputCount, InputCount), input, _hiddenGradient[i]);
            }
        }

        return loss;
    }

    private static void AddScaled(Span<float> sum, ReadOnlySpan<float> values, float factor) => TensorPrimitives.MultiplyAdd(values, factor, sum, sum);
}
