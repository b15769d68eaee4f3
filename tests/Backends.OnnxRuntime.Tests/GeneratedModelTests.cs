using System.Numerics.Tensors;
using Camshaft.Samples.Digits;
using Camshaft.Testing;

namespace Camshaft.Backends.OnnxRuntime.Tests;

/// <summary>The repository's own models of some size, in the real plugin.</summary>
public sealed class GeneratedModelTests
{
    // docs/samples.md promises 99.8 %; 2,000 images tell that to about a tenth.
    private const double PromisedAccuracy = 0.998;
    private const double Margin = 0.005;

    [Fact]
    public void Digits_names_freshly_rendered_images_as_rightly_as_documented()
    {
        const int BatchSize = 100;
        const int BatchCount = 20;
        var random = new SeededRandom(20_000);
        using var model = Load("digits");
        var right = 0;
        for (var batch = 0; batch < BatchCount; batch++)
        {
            var images = Enumerable.Range(0, BatchSize).Select(_ => DigitImage.Render(random)).ToArray();
            var input = TestTensor.Of([BatchSize, 1, DigitImage.Side, DigitImage.Side], [.. images.SelectMany(static image => image.ToTensor())]);
            var rows = Rows(model.Run(input)["probabilities"], BatchSize);
            right += rows.Zip(images).Count(static pair => TensorPrimitives.IndexOfMax<float>(pair.First) == pair.Second.Digit);
        }

        Assert.InRange((double)right / (BatchSize * BatchCount), PromisedAccuracy - Margin, 1);
    }

    [Theory]
    [InlineData("two.npy", 2)]
    [InlineData("five.npy", 5)]
    [InlineData("seven.npy", 7)]
    public void Digits_names_the_example_inputs(string file, int digit)
    {
        var bytes = File.ReadAllBytes(Path.Combine(TestData.RepositoryRoot, "samples", "inputs", "digits", file));
        var input = new TestTensor(DataType.Float32, new Shape(1, 1, DigitImage.Side, DigitImage.Side), bytes[^(DigitImage.PixelCount * sizeof(float))..]);
        using var model = Load("digits");

        Assert.Equal(digit, TensorPrimitives.IndexOfMax(model.Run(input)["probabilities"].Values<float>()));
    }

    [Theory]
    [InlineData("digits")]
    [InlineData("cnn")]
    [InlineData("encoder")]
    public void Every_tensor_is_batched_on_its_outermost_dimension(string name)
    {
        using var model = Load(name);

        Assert.All(model.Signature.Inputs.Concat(model.Signature.Outputs), static tensor => Assert.Equal(0, tensor.BatchAxis));
    }

    [Theory]
    [InlineData("digits", 1)]
    [InlineData("digits", 3)]
    [InlineData("digits", 8)]
    [InlineData("cnn", 1)]
    [InlineData("cnn", 3)]
    [InlineData("cnn", 8)]
    [InlineData("encoder", 1)]
    [InlineData("encoder", 3)]
    [InlineData("encoder", 8)]
    public void A_row_in_a_batch_has_the_answer_that_it_has_alone(string name, int batchSize)
    {
        using var model = Load(name);
        var random = new SeededRandom((ulong)batchSize);
        var requests = Enumerable.Range(0, batchSize).Select(_ => CreateInputs(name, random)).ToArray();
        var batch = Enumerable.Range(0, requests[0].Length).Select(input => Join([.. requests.Select(request => request[input])])).ToArray();
        var output = model.Signature.Outputs[0].Name;

        Assert.All(Rows(model.Run(batch)[output], batchSize).Zip(requests), pair =>
        {
            var alone = model.Run(pair.Second)[output].Values<float>().ToArray();
            Assert.NotEqual(0f, TensorPrimitives.MaxMagnitude<float>(alone));
            Assert.All(pair.First.Zip(alone), static values => Assert.Equal(values.Second, values.First, 1e-5f));
        });
    }

    [Fact]
    public void Encoder_does_not_see_what_the_mask_hides()
    {
        using var model = Load("encoder");
        var longer = model.Run(Tokens(1, 2, 3, 4), Tokens(1, 1, 0, 0))["embedding"].Values<float>().ToArray();

        Assert.All(model.Run(Tokens(1, 2), Tokens(1, 1))["embedding"].Values<float>().ToArray().Zip(longer), static values => Assert.Equal(values.First, values.Second, 1e-5f));
    }

    private static LoadedModel Load(string name) =>
        LoadedModel.OfFile(Path.Combine(TestData.RepositoryRoot, name == "digits" ? "samples" : "perf", "models", name, "1", "model.onnx"));

    private static TestTensor[] CreateInputs(string name, SeededRandom random)
    {
        switch (name)
        {
            case "digits":
                return [TestTensor.Of([1, 1, DigitImage.Side, DigitImage.Side], DigitImage.Render(random).ToTensor())];
            case "cnn":
                return [TestTensor.Of([1, 3, 64, 64], random.NextFloats(3 * 64 * 64, 1f))];
            default:
                var length = random.Next(20) + 1;
                return
                [
                    Tokens([.. Enumerable.Range(0, 20).Select(_ => (long)random.Next(256))]),
                    Tokens([.. Enumerable.Range(0, 20).Select(position => position < length ? 1L : 0L)]),
                ];
        }
    }

    private static TestTensor Tokens(params long[] ids) => TestTensor.Of<long>(DataType.Int64, [1, ids.Length], ids);

    private static TestTensor Join(TestTensor[] rows) =>
        new(rows[0].DataType, new Shape([rows.Length, .. rows[0].Shape.Dimensions[1..]]), [.. rows.SelectMany(static row => row.Data)]);

    private static IEnumerable<float[]> Rows(TestTensor tensor, int batchSize)
    {
        Assert.Equal(batchSize, tensor.Shape.Dimensions[0]);
        var values = tensor.Values<float>().ToArray();
        return values.Chunk(values.Length / batchSize);
    }
}
