using System.Numerics.Tensors;
using Camshaft.Samples;
using Camshaft.Samples.Digits;

namespace Camshaft.Plugins.Sample.Tests;

public sealed class DigitTrainingTests
{
    [Fact]
    public void Gradient_is_the_slope_of_the_loss()
    {
        const float Step = 1e-2f;
        var random = new SeededRandom(5);
        var network = new DigitNetwork(random);
        var image = DigitImage.Render(random);
        var gradient = new float[DigitNetwork.ParameterCount];
        network.AddGradient(image.ToTensor(), image.Digit, gradient);

        // The steepest parameter of each layer, where the slope stands out from rounding.
        var hidden = TensorPrimitives.IndexOfMaxMagnitude<float>(gradient.AsSpan(0, DigitNetwork.HiddenCount * DigitNetwork.InputCount));
        var output = TensorPrimitives.IndexOfMaxMagnitude<float>(gradient.AsSpan(^1290..));
        Assert.All((int[])[hidden, DigitNetwork.ParameterCount - 1290 + output], index =>
            Assert.Equal((LossAt(index, Step) - LossAt(index, -Step)) / (2f * Step), gradient[index], 0.02f * Math.Abs(gradient[index])));

        float LossAt(int index, float step)
        {
            network.Parameters[index] += step;
            var loss = network.AddGradient(image.ToTensor(), image.Digit, new float[DigitNetwork.ParameterCount]);
            network.Parameters[index] -= step;
            return loss;
        }
    }

    [Fact]
    public void A_short_training_learns_most_digits()
    {
        var network = DigitTrainer.Train(new SeededRandom(6), batchCount: 200);

        Assert.InRange(DigitTrainer.Measure(input => TensorPrimitives.IndexOfMax(network.Classify(input)), new SeededRandom(7), 500), 0.8f, 1f);
    }

    [Fact]
    public void The_same_seed_renders_the_same_image() =>
        Assert.Equal(DigitImage.Render(new SeededRandom(8)).Pixels, DigitImage.Render(new SeededRandom(8)).Pixels);
}
