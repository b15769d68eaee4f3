using Camshaft.Backends;
using Camshaft.Engine.Models.Configuration;
using Camshaft.Engine.Repository;

namespace Camshaft.Engine.Tests.Repository;

public sealed class SignatureCheckTests
{
    private static readonly ModelSignature Signature = new(
        [
            new TensorSpec("image", DataType.Float32, new Shape(-1, 3, 224, 224)),
            new TensorSpec("scale", DataType.Float32, new Shape()),
            new TensorSpec("mask", DataType.Bool, new Shape(-1)) { IsOptional = true },
        ],
        [new TensorSpec("scores", DataType.Float32, new Shape(-1, 1000)), new TensorSpec("boxes", DataType.Float32, new Shape(-1, 4))]);

    private static readonly TensorConfiguration Image = new("image") { DataType = DataType.Float32, Shape = new Shape(-1, 3, 224, 224), BatchAxis = 0 };
    private static readonly TensorConfiguration Scale = new("scale");

    [Fact]
    public void No_configuration_agrees() => Assert.Null(SignatureCheck.Compare(ModelConfiguration.Default, Signature));

    [Fact]
    public void A_configuration_that_says_the_same_agrees() => Assert.Null(Inputs(Image, Scale));

    [Fact]
    public void A_variable_dimension_may_be_stated() => Assert.Null(Inputs(Image with { Shape = new Shape(8, 3, 224, 224) }, Scale));

    [Fact]
    public void A_scalar_may_be_written_as_one_element() => Assert.Null(Inputs(Image, Scale with { Shape = new Shape(1) }));

    [Fact]
    public void Outputs_may_be_a_part() => Assert.Null(Outputs(new TensorConfiguration("boxes") { Shape = new Shape(-1, 4) }));

    [Fact]
    public void An_input_that_does_not_exist_is_named_with_those_that_do() =>
        Assert.StartsWith("input 'img' does not exist; the model file has 'image' FP32 [-1,3,224,224], 'scale' FP32 [], 'mask' BOOL [-1]", Inputs(new TensorConfiguration("img")));

    [Fact]
    public void An_output_that_does_not_exist_is_named() => Assert.StartsWith("output 'x' does not exist", Outputs(new TensorConfiguration("x")));

    [Fact]
    public void A_tensor_listed_twice_is_named() => Assert.Equal("input 'image' is listed twice", Inputs(Image, Image));

    [Fact]
    public void A_required_input_that_is_not_listed_is_named() => Assert.StartsWith("input 'scale' is not listed; the model file requires 'image'", Inputs(Image));

    [Fact]
    public void Another_datatype_is_refused() =>
        Assert.Equal("input 'image' has datatype FP16; the model file has FP32", Inputs(Image with { DataType = DataType.Float16 }));

    [Fact]
    public void Another_rank_is_refused() =>
        Assert.Equal("input 'image' has shape [3,224,224]; the model file has [-1,3,224,224]", Inputs(Image with { Shape = new Shape(3, 224, 224) }));

    [Fact]
    public void Another_fixed_dimension_is_refused() =>
        Assert.Equal("output 'scores' has shape [-1,10]; the model file has [-1,1000]", Outputs(new TensorConfiguration("scores") { Shape = new Shape(-1, 10) }));

    [Fact]
    public void A_fixed_dimension_cannot_be_declared_variable() =>
        Assert.Equal("input 'image' has shape [-1,3,-1,-1]; the model file has [-1,3,224,224]", Inputs(Image with { Shape = new Shape(-1, 3, -1, -1) }));

    [Fact]
    public void A_batch_axis_beyond_the_rank_is_refused() =>
        Assert.Equal("input 'image' has batch axis 4; the model file has shape [-1,3,224,224], rank 4", Inputs(Image with { BatchAxis = 4 }));

    [Fact]
    public void A_batch_axis_on_a_fixed_dimension_is_refused() =>
        Assert.Equal("input 'image' has batch axis 1; the model file fixes that dimension, its shape is [-1,3,224,224]", Inputs(Image with { BatchAxis = 1 }));

    [Fact]
    public void Values_of_what_is_no_number_cannot_be_bounded() => Assert.Equal(
        "output 'label' is to have finite numbers; the model file has BYTES, which are none",
        SignatureCheck.Compare(
            new ModelConfiguration { Outputs = [new TensorConfiguration("label") { Range = new ValueRange { Finite = true } }] },
            new ModelSignature([], [new TensorSpec("label", DataType.Bytes, new Shape(-1))])));

    private static string? Inputs(params TensorConfiguration[] inputs) => SignatureCheck.Compare(new ModelConfiguration { Inputs = inputs }, Signature);

    private static string? Outputs(params TensorConfiguration[] outputs) => SignatureCheck.Compare(new ModelConfiguration { Outputs = outputs }, Signature);
}
