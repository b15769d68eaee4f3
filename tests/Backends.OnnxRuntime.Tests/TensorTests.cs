using Camshaft.Testing;

namespace Camshaft.Backends.OnnxRuntime.Tests;

/// <summary>Tensors of every datatype and shape on their way through a model.</summary>
public sealed class TensorTests
{
    public static TheoryData<DataType> FixedSizeTypes => [.. DataTypes.All.Where(dataType => dataType.HasFixedSize)];

    [Theory]
    [MemberData(nameof(FixedSizeTypes))]
    public void Bytes_of_every_datatype_come_back_as_they_went_in(DataType dataType)
    {
        using var model = LoadedModel.Of(new OnnxModelBuilder().Input("x", dataType, "N").Output("y", dataType, "N").Node("Identity", ["x"], ["y"]));
        var data = new byte[5 * dataType.ByteSize];
        new Random(1).NextBytes(data);
        if (dataType == DataType.Bool)
        {
            data = [1, 0, 0, 1, 1];
        }

        var input = new TestTensor(dataType, new Shape(5), data);
        Assert.Equal(dataType, model.Signature.Inputs[0].DataType);
        Assert.Equal(input, model.Run(input)["y"]);
    }

    [Fact]
    public void Scalar_goes_in_and_out()
    {
        using var model = LoadedModel.Of(new OnnxModelBuilder().Input("x", DataType.Float32).Output("y", DataType.Float32).Node("Add", ["x", "x"], ["y"]));

        Assert.Equal(0, model.Signature.Inputs[0].Shape.Rank);
        Assert.Equal(TestTensor.Of([], 14f), model.Run(TestTensor.Of([], 7f))["y"]);
    }

    [Fact]
    public void Tensor_without_elements_goes_in_and_out()
    {
        using var model = LoadedModel.Of(Models.Double());

        Assert.Equal(TestTensor.Of([0]), model.Run(TestTensor.Of([0]))["y"]);
    }

    [Fact]
    public void Eight_dimensions_go_in_and_out()
    {
        string[] dimensions = ["1", "2", "1", "2", "1", "2", "1", "N"];
        using var model = LoadedModel.Of(new OnnxModelBuilder().Input("x", DataType.Float32, dimensions).Output("y", DataType.Float32, dimensions).Node("Add", ["x", "x"], ["y"]));

        Assert.Equal(new Shape(1, 2, 1, 2, 1, 2, 1, 3), model.Run(TestTensor.Ramp(1, 2, 1, 2, 1, 2, 1, 3))["y"].Shape);
    }

    [Fact]
    public void Strings_without_elements_go_in_and_out()
    {
        using var model = LoadedModel.Of(Models.Strings());
        var input = TestTensor.OfBytes([0]);

        Assert.Equal(input, model.Run(input)["y"]);
    }

    [Fact]
    public void Strings_that_are_all_empty_go_in_and_out()
    {
        using var model = LoadedModel.Of(Models.Strings());
        var input = TestTensor.OfStrings([3], "", "", "");

        Assert.Equal(input, model.Run(input)["y"]);
    }

    [Fact]
    public void Strings_of_a_constant_come_out()
    {
        var words = TestTensor.OfStrings([2], "zero", "one");
        using var model = LoadedModel.Of(new OnnxModelBuilder()
            .Input("x", DataType.Int64, "N")
            .Output("y", DataType.Bytes, "N")
            .StringInitializer("words", words)
            .Node("Gather", ["words", "x"], ["y"]));

        Assert.Equal(TestTensor.OfStrings([3], "one", "zero", "one"), model.Run(TestTensor.Of(DataType.Int64, [3], 1L, 0L, 1L))["y"]);
    }

    [Fact]
    public void Strings_with_fewer_elements_than_their_shape_are_refused()
    {
        using var model = LoadedModel.Of(Models.Strings());
        var refusal = Assert.Throws<BackendException>(() => model.Run(TestTensor.OfStrings([3], "only")));

        Assert.Equal(StatusCode.InvalidArgument, refusal.Code);
        Assert.Contains("'x' ends after 1 elements; expected 3", refusal.Message, StringComparison.Ordinal);
    }
}
