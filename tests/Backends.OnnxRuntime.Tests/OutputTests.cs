using Camshaft.Testing;

namespace Camshaft.Backends.OnnxRuntime.Tests;

/// <summary>How outputs get to the engine.</summary>
public sealed class OutputTests
{
    [Fact]
    public void Output_whose_shape_the_inputs_bind_is_written_to_offered_memory()
    {
        using var model = LoadedModel.Of(Models.Double());
        using var execution = model.Execution(TestTensor.Of([3], 1f, 2f, 3f));
        execution.Run(model.Instance);

        Assert.Equal(OutputPlacement.Offered, execution.GetPlacement("y"));
    }

    [Fact]
    public void Output_of_unknown_shape_is_handed_over_without_a_copy()
    {
        using var model = LoadedModel.Of(Models.Positions());
        using var execution = model.Execution(TestTensor.Of([3], 1f, 0f, 3f));
        execution.Run(model.Instance);

        Assert.Equal(OutputPlacement.Foreign, execution.GetPlacement("y"));
    }

    [Theory]
    [InlineData(0)]
    [InlineData(1)]
    [InlineData(1000)]
    public void Shape_of_a_dynamic_output_is_what_the_run_gave(int count)
    {
        using var model = LoadedModel.Of(Models.Positions());
        var values = new float[count + 5];
        values.AsSpan(0, count).Fill(1f);

        Assert.Equal(new Shape(1, count), model.Run(TestTensor.Of([values.Length], values))["y"].Shape);
    }

    [Fact]
    public void Symbol_that_lies_costs_one_run_and_is_not_trusted_again()
    {
        // The file says that y is as long as x; it is as long as x has elements that are not zero.
        using var model = LoadedModel.Of(new OnnxModelBuilder()
            .Input("x", DataType.Float32, "N")
            .Output("y", DataType.Int64, "1", "N")
            .Node("NonZero", ["x"], ["y"]));
        using var execution = model.Execution(TestTensor.Of([3], 0f, 8f, 0f));

        execution.Run(model.Instance);
        Assert.Equal(TestTensor.Of(DataType.Int64, [1, 1], 1L), execution.ReadOutput("y"));
        execution.Run(model.Instance);
        Assert.Equal(OutputPlacement.Foreign, execution.GetPlacement("y"));
    }

    [Theory]
    [InlineData(false, 1)]
    [InlineData(true, 6)]
    public void Symbol_that_lies_about_a_branch_is_found_out(bool longer, int expected)
    {
        // The file says that y is as long as x; one branch gives it twice, the other its first element.
        var one = TestTensor.Of(DataType.Int64, [1], 1L);
        var twice = new OnnxModelBuilder().Output("a", DataType.Float32, "").Node("Concat", ["x", "x"], ["a"], OnnxAttribute.Of("axis", 0));
        var first = new OnnxModelBuilder().Output("b", DataType.Float32, "").Node("Slice", ["x", "zero", "one"], ["b"]);
        using var model = LoadedModel.Of(new OnnxModelBuilder()
            .Input("x", DataType.Float32, "N")
            .Input("longer", DataType.Bool)
            .Output("y", DataType.Float32, "N")
            .Output("z", DataType.Float32, "N")
            .Initializer("zero", TestTensor.Of(DataType.Int64, [1], 0L))
            .Initializer("one", one)
            .Node("If", ["longer"], ["y"], OnnxAttribute.Of("then_branch", twice), OnnxAttribute.Of("else_branch", first))
            .Node("Identity", ["y"], ["z"]));
        var outputs = model.Run(TestTensor.Of([3], 1f, 2f, 3f), TestTensor.Of(DataType.Bool, [], longer ? (byte)1 : (byte)0));

        Assert.Equal(new Shape(expected), outputs["y"].Shape);
        Assert.Equal(outputs["y"], outputs["z"]);
    }

    [Fact]
    public void Output_that_is_an_input_passed_through_gets_memory_of_its_own()
    {
        using var model = LoadedModel.Of(new OnnxModelBuilder()
            .Input("x", DataType.Float32, "N")
            .Output("x", DataType.Float32, "N")
            .Output("y", DataType.Float32, "N")
            .Node("Neg", ["x"], ["y"]));
        var input = TestTensor.Of([2], 4f, 5f);
        using var execution = model.Execution(input);
        execution.Run(model.Instance);

        Assert.NotEqual(OutputPlacement.Foreign, execution.GetPlacement("x"));
        Assert.Equal(input, execution.ReadOutputs()["x"]);
    }

    [Fact]
    public void Output_that_is_an_input_reshaped_gets_memory_of_its_own()
    {
        using var model = LoadedModel.Of(new OnnxModelBuilder()
            .Input("x", DataType.Float32, "N")
            .Output("y", DataType.Float32, "", "")
            .Initializer("shape", TestTensor.Of(DataType.Int64, [2], 2L, -1L))
            .Node("Reshape", ["x", "shape"], ["y"]));
        using var execution = model.Execution(TestTensor.Of([4], 1f, 2f, 3f, 4f));
        execution.Run(model.Instance);

        Assert.Equal(TestTensor.Of([2, 2], 1f, 2f, 3f, 4f), execution.ReadOutput("y"));
    }

    [Fact]
    public void Output_that_is_a_constant_is_given()
    {
        using var model = LoadedModel.Of(new OnnxModelBuilder()
            .Input("x", DataType.Float32, "N")
            .Output("y", DataType.Float32, "N")
            .Output("c", DataType.Float32, "2")
            .Initializer("c", TestTensor.Of([2], 8f, 9f))
            .Node("Neg", ["x"], ["y"]));

        Assert.Equal(TestTensor.Of([2], 8f, 9f), model.Run(TestTensor.Of([1], 1f))["c"]);
    }

    [Fact]
    public void Foreign_output_outlives_its_model()
    {
        using var execution = RunPositionsAndUnload();

        Assert.Equal(TestTensor.Of(DataType.Int64, [1, 2], 0L, 2L), execution.ReadOutput("y"));

        static TestExecution RunPositionsAndUnload()
        {
            using var model = LoadedModel.Of(Models.Positions());
            var execution = model.Execution(TestTensor.Of([3], 1f, 0f, 3f));
            execution.Run(model.Instance);
            return execution;
        }
    }

    [Fact]
    public void Instance_that_outlives_its_model_still_runs()
    {
        using var directory = new TempDirectory();
        var model = Plugin.Load(directory.Write("model.onnx", Models.Double().Build()));
        using var instance = model.CreateInstance(new TestDevice().CreateLane(0));
        using var execution = new TestExecution(model.Signature, [TestTensor.Of([1], 21f)]);
        model.Dispose();
        execution.Run(instance);

        Assert.Equal(TestTensor.Of([1], 42f), execution.ReadOutput("y"));
    }
}
