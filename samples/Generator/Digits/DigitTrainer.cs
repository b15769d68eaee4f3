namespace Camshaft.Samples.Digits;

/// <summary>
/// Trains a <see cref="DigitNetwork"/> by Adam on examples that are rendered as they are needed and seen once, so that
/// nothing can be learnt by heart. One core.
/// </summary>
internal static class DigitTrainer
{
    private const int BatchSize = 64;
    private const float LearningRate = 2e-3f;

    // Adam's usual constants (Kingma and Ba, 2014).
    private const float MeanDecay = 0.9f;
    private const float SquareDecay = 0.999f;
    private const float Tiny = 1e-8f;

    /// <summary>Trains a new network.</summary>
    /// <param name="random">Where its first weights and its examples come from.</param>
    /// <param name="batchCount">How many batches of examples it sees; the learning rate falls to nothing over them.</param>
    /// <param name="progress">Told now and then how many batches are done and what the loss is.</param>
    public static DigitNetwork Train(SeededRandom random, int batchCount, Action<int, float>? progress = null)
    {
        var network = new DigitNetwork(random);
        var gradient = new float[DigitNetwork.ParameterCount];
        var means = new float[DigitNetwork.ParameterCount];
        var squares = new float[DigitNetwork.ParameterCount];
        var (meanPower, squarePower, loss) = (1f, 1f, 0f);
        for (var batch = 1; batch <= batchCount; batch++)
        {
            Array.Clear(gradient);
            for (var i = 0; i < BatchSize; i++)
            {
                var image = DigitImage.Render(random);
                loss += network.AddGradient(image.ToTensor(), image.Digit, gradient) / BatchSize;
            }

            (meanPower, squarePower) = (meanPower * MeanDecay, squarePower * SquareDecay);
            var rate = LearningRate * (1f - ((batch - 1f) / batchCount)) / (1f - meanPower);
            Step(network.Parameters, gradient, means, squares, rate, 1f / (1f - squarePower));
            if (batch % 500 == 0)
            {
                progress?.Invoke(batch, loss / 500);
                loss = 0f;
            }
        }

        return network;
    }

    /// <summary>The share of freshly rendered digits that a classifier names rightly.</summary>
    public static float Measure(Func<float[], int> classify, SeededRandom random, int count)
    {
        var right = 0;
        for (var i = 0; i < count; i++)
        {
            var image = DigitImage.Render(random);
            right += classify(image.ToTensor()) == image.Digit ? 1 : 0;
        }

        return (float)right / count;
    }

    private static void Step(Span<float> parameters, ReadOnlySpan<float> gradient, Span<float> means, Span<float> squares, float rate, float squareScale)
    {
        for (var i = 0; i < parameters.Length; i++)
        {
            var slope = gradient[i] / BatchSize;
            means[i] = (MeanDecay * means[i]) + ((1f - MeanDecay) * slope);
            squares[i] = (SquareDecay * squares[i]) + ((1f - SquareDecay) * slope * slope);
            parameters[i] -= rate * means[i] / (MathF.Sqrt(squares[i] * squareScale) + Tiny);
        }
    }
}
