namespace Camshaft.Backends.OnnxRuntime.Tests;

public sealed class BatchAxisTests
{
    [Fact]
    public void Named_batch_is_found_on_whatever_axis_it_stands()
    {
        var signature = BatchAxis.Infer([Tensor("x", ("b", -1), (null, 4)), Tensor("state", (null, 2), ("b", -1))], [Tensor("y", ("b", -1), ("k", -1))]);

        Assert.Equal([0, 1], signature.Inputs.Select(tensor => tensor.BatchAxis));
        Assert.Equal(0, signature.Outputs[0].BatchAxis);
    }

    [Fact]
    public void Tensor_without_the_name_cannot_be_batched()
    {
        var signature = BatchAxis.Infer([Tensor("x", ("b", -1)), Tensor("rate")], [Tensor("y", ("other", -1))]);

        Assert.Null(signature.Inputs[1].BatchAxis);
        Assert.Null(signature.Outputs[0].BatchAxis);
    }

    [Fact]
    public void Tensor_that_has_the_name_twice_cannot_be_batched()
        => Assert.Null(BatchAxis.Infer([Tensor("x", ("b", -1))], [Tensor("y", ("b", -1), ("b", -1))]).Outputs[0].BatchAxis);

    [Fact]
    public void Unnamed_variable_outermost_dimension_everywhere_is_the_batch()
    {
        var signature = BatchAxis.Infer([Tensor("x", (null, -1), (null, 4))], [Tensor("y", (null, -1))]);

        Assert.Equal(0, signature.Inputs[0].BatchAxis);
        Assert.Equal(0, signature.Outputs[0].BatchAxis);
    }

    [Fact]
    public void Unnamed_variable_outermost_dimension_of_some_tensors_says_nothing()
        => Assert.Null(BatchAxis.Infer([Tensor("x", (null, -1)), Tensor("w", (null, 4))], [Tensor("y", (null, -1))]).Inputs[0].BatchAxis);

    [Fact]
    public void Fixed_shapes_have_no_batch()
        => Assert.Null(BatchAxis.Infer([Tensor("x", (null, 1), ("w", -1))], [Tensor("y", (null, 1), ("w", -1))]).Inputs[0].BatchAxis);

    private static TensorSpec Tensor(string name, params (string? Symbol, long Length)[] dimensions)
        => new(name, DataType.Float32, new Shape([.. dimensions.Select(dimension => dimension.Length)])) { Symbols = [.. dimensions.Select(dimension => dimension.Symbol)] };
}
