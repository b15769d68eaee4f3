using Camshaft.Testing;

namespace Camshaft.Backends.OnnxRuntime.Tests;

public sealed class RealModelTests
{
    private static readonly string[] Names = ["resnet50", "squeezenet", "densenet121", "shufflenet", "inception_v1", "mnist", "face_detector", "voice_activity"];

    public static TheoryData<string> AllNames => [.. Names];

    [Theory]
    [MemberData(nameof(AllNames))]
    public void Model_loads_and_answers(string name)
    {
        using var model = LoadedModel.OfFile(TestData.ModelFile(name));

        Assert.NotEmpty(model.Run([.. RealModels.Inputs(name)]));
    }

    [Theory]
    [InlineData("resnet50")]
    [InlineData("squeezenet")]
    [InlineData("densenet121")]
    [InlineData("shufflenet")]
    [InlineData("inception_v1")]
    public void First_output_is_the_expected_one_within_a_thousandth(string name)
    {
        var expected = TestData.ReadExpectedOutput(name);
        using var model = LoadedModel.OfFile(TestData.ModelFile(name));
        var actual = model.Run([.. RealModels.Inputs(name)])[model.Signature.Outputs[0].Name];

        Assert.Equal(expected.Shape, actual.Shape);
        Assert.All(expected.Values<float>().ToArray().Zip(actual.Values<float>().ToArray()), pair =>
            Assert.InRange(pair.Second, pair.First - (1e-3f * MathF.Abs(pair.First)), pair.First + (1e-3f * MathF.Abs(pair.First))));
    }

    [Theory]
    [InlineData("mnist")]
    [InlineData("face_detector")]
    [InlineData("voice_activity")]
    public void Outputs_equal_those_of_a_direct_run_bit_for_bit(string name)
    {
        using var model = LoadedModel.OfFile(TestData.ModelFile(name));
        var inputs = RealModels.Inputs(name);

        Assert.Equal(DirectRun.Of(TestData.ModelFile(name), model.Signature, inputs), model.Run([.. inputs]));
    }

    [Fact]
    public void Eight_models_run_at_the_same_time_as_they_run_alone()
    {
        var models = Names.ToDictionary(name => name, name => LoadedModel.OfFile(TestData.ModelFile(name)));
        var alone = models.ToDictionary(pair => pair.Key, pair => pair.Value.Run([.. RealModels.Inputs(pair.Key)]));

        Parallel.ForEach(models, new ParallelOptions { MaxDegreeOfParallelism = models.Count }, pair =>
        {
            for (var round = 0; round < 3; round++)
            {
                Assert.Equal(alone[pair.Key], pair.Value.Run([.. RealModels.Inputs(pair.Key)]));
            }
        });
        Assert.All(models.Values, model => model.Dispose());
    }

    [Fact]
    public void Initialisers_that_are_graph_inputs_too_are_no_inputs_and_reported_once()
    {
        using var model = LoadedModel.OfFile(TestData.ModelFile("face_detector"));

        Assert.Equal("input", Assert.Single(model.Signature.Inputs).Name);
        Assert.Contains(Plugin.Loaded.Log.Entries, entry => entry.Message.Contains("244 initialisers", StringComparison.Ordinal));
        Assert.DoesNotContain(Plugin.Loaded.Log.Entries, entry => entry.Message.Contains("appears in graph inputs", StringComparison.Ordinal));
    }

    [Fact]
    public void Batch_axes_of_a_recurrent_model_without_names_are_left_open()
    {
        using var model = LoadedModel.OfFile(TestData.ModelFile("voice_activity"));

        Assert.All(model.Signature.Inputs, tensor => Assert.Null(tensor.BatchAxis));
    }

    [Fact]
    public void Warm_run_of_mnist_allocates_nothing()
    {
        using var model = LoadedModel.OfFile(TestData.ModelFile("mnist"));
        using var execution = model.Execution([.. RealModels.Inputs("mnist")]);
        using var cancellation = new CancellationTokenSource();

        AllocationAssert.NoneWhenWarm(() => execution.Run(model.Instance, cancellation.Token));
    }
}
