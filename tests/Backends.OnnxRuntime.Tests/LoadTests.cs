using Camshaft.Testing;

namespace Camshaft.Backends.OnnxRuntime.Tests;

/// <summary>What is read from a model file, and what is refused.</summary>
public sealed class LoadTests
{
    [Fact]
    public void Directory_stands_for_the_model_file_in_it()
    {
        using var directory = new TempDirectory();
        directory.Write("model.onnx", Models.Double().Build());
        using var model = Plugin.Load(directory.FullPath);

        Assert.Equal("x", model.Signature.Inputs[0].Name);
    }

    [Fact]
    public void Weights_beside_the_model_are_found()
    {
        using var directory = new TempDirectory();
        var weights = TestTensor.Of([2], 10f, 20f);
        directory.Write("weights.bin", weights.Data);
        var path = directory.Write("model.onnx", new OnnxModelBuilder()
            .Input("x", DataType.Float32, "2")
            .Output("y", DataType.Float32, "2")
            .ExternalInitializer("w", weights, "weights.bin")
            .Node("Add", ["x", "w"], ["y"])
            .Build());
        using var model = LoadedModel.OfFile(path);

        Assert.Equal(TestTensor.Of([2], 11f, 22f), model.Run(TestTensor.Of([2], 1f, 2f))["y"]);
    }

    [Fact]
    public void Shapes_and_symbols_are_those_of_the_file()
    {
        using var model = LoadedModel.Of(new OnnxModelBuilder()
            .Input("x", DataType.Float32, "batch", "3", "")
            .Output("y", DataType.Float32, "batch", "3", "")
            .Node("Neg", ["x"], ["y"]));
        var input = model.Signature.Inputs[0];

        Assert.Equal(new Shape(-1, 3, -1), input.Shape);
        Assert.Equal(["batch", null, null], input.Symbols);
        Assert.Equal(0, input.BatchAxis);
    }

    [Fact]
    public void Model_and_file_are_named_when_a_file_is_no_model()
    {
        using var directory = new TempDirectory();
        var path = directory.Write("model.onnx", "not a model"u8);
        var refusal = Assert.Throws<BackendException>(() => Plugin.Load(path));

        Assert.Equal(StatusCode.InvalidArgument, refusal.Code);
        Assert.StartsWith($"Model 'm' version 3: ONNX Runtime cannot load '{path}': ", refusal.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Missing_file_is_not_found()
        => Assert.Equal(StatusCode.NotFound, Assert.Throws<BackendException>(() => Plugin.Load(Path.Combine(Path.GetTempPath(), "no", "such.onnx"))).Code);

    [Fact]
    public void Operator_that_does_not_exist_is_refused_by_name()
        => Assert.Contains(
            "FrobnicateTwice",
            Plugin.LoadRefused(new OnnxModelBuilder().Input("x", DataType.Float32, "N").Output("y", DataType.Float32, "N").Node("FrobnicateTwice", ["x"], ["y"])).Message,
            StringComparison.Ordinal);

    [Fact]
    public void Sequence_is_refused()
        => AssertUnsupported(
            "output 'y'",
            "is a sequence",
            new OnnxModelBuilder().Input("x", DataType.Float32, "N").SequenceOutput("y", DataType.Float32).Node("SequenceConstruct", ["x"], ["y"]));

    [Fact]
    public void Element_type_without_a_datatype_is_refused()
        => AssertUnsupported(
            "output 'y'",
            "float8e4m3fn",
            new OnnxModelBuilder().Input("x", DataType.Float32, "N").OutputOfElementType("y", 17, "N").Node("Cast", ["x"], ["y"], OnnxAttribute.Of("to", 17)));

    [Fact]
    public void Nine_dimensions_are_refused()
    {
        string[] dimensions = ["1", "1", "1", "1", "1", "1", "1", "1", "N"];
        AssertUnsupported(
            "input 'x'",
            "has 9 dimensions; at most 8",
            new OnnxModelBuilder().Input("x", DataType.Float32, dimensions).Output("y", DataType.Float32, dimensions).Node("Neg", ["x"], ["y"]));
    }

    [Fact]
    public void Input_without_a_rank_is_refused()
        => AssertUnsupported(
            "input 'x'",
            "no declared rank",
            new OnnxModelBuilder().Input("x", DataType.Float32, null).Output("y", DataType.Float32, null).Node("Neg", ["x"], ["y"]));

    [Fact]
    public void Load_that_is_given_up_ends_as_cancelled()
    {
        using var directory = new TempDirectory();
        var source = new ModelSource { ModelName = "m", Version = 3, FilePath = directory.Write("model.onnx", Models.Double().Build()) };

        Assert.Throws<OperationCanceledException>(() => Plugin.Loaded.Backend.Load(source, new TestDevice(), new CancellationToken(canceled: true)));
    }

    [Fact]
    public void Footprint_holds_the_file_and_grows_with_the_arena()
    {
        var path = TestData.ModelFile("face_detector");
        using var model = LoadedModel.OfFile(path);
        var loaded = model.Footprint.HostByteSize;
        model.Run([.. RealModels.Inputs("face_detector")]);

        Assert.True(loaded >= new FileInfo(path).Length);
        Assert.True(model.Footprint.HostByteSize > loaded);
    }

    private static void AssertUnsupported(string tensor, string why, OnnxModelBuilder builder)
    {
        var refusal = Plugin.LoadRefused(builder);
        Assert.Equal(StatusCode.Unsupported, refusal.Code);
        Assert.Contains(tensor, refusal.Message, StringComparison.Ordinal);
        Assert.Contains(why, refusal.Message, StringComparison.Ordinal);
    }
}
