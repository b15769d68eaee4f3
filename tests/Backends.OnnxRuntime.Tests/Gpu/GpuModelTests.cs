using Camshaft.Testing;

namespace Camshaft.Backends.OnnxRuntime.Tests.Gpu;

[CollectionDefinition(nameof(GpuModelTests), DisableParallelization = true)]
[Collection(nameof(GpuModelTests))]
public sealed class GpuModelTests : IDisposable
{
    private readonly TempDirectory _directory = new();
    private readonly HostAccelerator _share = new();
    private readonly HostGpuBackend _backend = new();

    public void Dispose()
    {
        _backend.Dispose();
        _directory.Dispose();
        _share.Dispose();
        Assert.Equal(0, _share.LaneCount);
    }

    [Fact]
    public void A_run_is_enqueued_and_writes_the_engines_memory()
    {
        using var model = Load(Models.Double());
        var (placement, output) = Run(model, TestTensor.Of([2], 1, 2));

        Assert.Equal(OutputPlacement.Offered, placement);
        Assert.Equal([2f, 4f], output.Values<float>().ToArray());
        Assert.Empty(_share.CopyStreams);
    }

    [Fact]
    public void An_output_whose_shape_only_the_run_tells_is_copied_on_the_lanes_compute_stream()
    {
        using var model = Load(Models.Positions());
        var (placement, output) = Run(model, TestTensor.Of([4], 0, 5, 0, 6));

        Assert.Equal(OutputPlacement.Allocated, placement);
        Assert.Equal([1L, 3L], output.Values<long>().ToArray());
        Assert.Equal([2], _share.CopyStreams);
    }

    [Fact]
    public void An_output_without_elements_is_given_without_a_copy()
    {
        using var model = Load(Models.Positions());
        var (_, output) = Run(model, TestTensor.Of([2], 0, 0));

        Assert.Equal([1L, 0L], output.Shape.Dimensions.ToArray());
        Assert.Empty(_share.CopyStreams);
    }

    [Fact]
    public void An_output_that_is_an_input_is_copied()
    {
        using var model = Load(new OnnxModelBuilder().Input("x", DataType.Float32, "N").Output("x", DataType.Float32, "N").Output("y", DataType.Float32, "N").Node("Add", ["x", "x"], ["y"]));
        var (placement, output) = Run(model, TestTensor.Of([2], 7, 8));

        Assert.Equal(OutputPlacement.Allocated, placement);
        Assert.Equal([7f, 8f], output.Values<float>().ToArray());
    }

    [Fact]
    public void A_shape_that_symbols_promised_wrongly_costs_one_more_run()
    {
        // y is said to be as long as x and is twice that.
        using var model = Load(new OnnxModelBuilder().Input("x", DataType.Float32, "N").Output("y", DataType.Float32, "N").Node("Concat", ["x", "x"], ["y"], OnnxAttribute.Of("axis", 0)));
        var (placement, output) = Run(model, TestTensor.Of([2], 1, 2));

        Assert.Equal(OutputPlacement.Allocated, placement);
        Assert.Equal([1f, 2f, 1f, 2f], output.Values<float>().ToArray());
    }

    [Fact]
    public void A_run_that_fails_says_why_and_leaves_the_instance_usable()
    {
        using var model = Load(new OnnxModelBuilder().Input("x", DataType.Float32, "N").Input("z", DataType.Float32, "M").Output("y", DataType.Float32, "N").Node("Add", ["x", "z"], ["y"]));
        using var lane = _share.CreateLane(0);
        using var instance = model.CreateInstance(lane);
        using var bad = new TestExecution(model.Signature, [TestTensor.Of([2], 1, 2), TestTensor.Of([3], 1, 2, 3)]);
        using var good = new TestExecution(model.Signature, [TestTensor.Of([2], 1, 2), TestTensor.Of([2], 3, 4)]);

        Assert.Equal(StatusCode.InvalidArgument, Assert.Throws<BackendException>(() => instance.Execute(bad)).Code);
        instance.Execute(good);
        Assert.Equal([4f, 6f], good.ReadOutput("y").Values<float>().ToArray());
    }

    [Fact]
    public void Each_stream_has_a_session_and_the_first_lane_takes_that_of_the_load()
    {
        using var model = Load(Models.Double());
        using var first = _share.CreateLane(0);
        using var other = _share.CreateLane(2);
        using var firstInstance = model.CreateInstance(first);
        Assert.Equal(1, _backend.CountSessions());
        using var otherInstance = model.CreateInstance(other);
        Assert.Equal(2, _backend.CountSessions());
    }

    [Fact]
    public void Arenas_of_the_sessions_are_on_the_account_of_the_share()
    {
        using var model = Load(Models.Positions());
        using var lane = _share.CreateLane(0);
        using (var instance = model.CreateInstance(lane))
        {
            using var execution = new TestExecution(model.Signature, [TestTensor.Ramp(1000)]);
            instance.Execute(execution);
            Assert.Equal(default, model.Footprint);
            Assert.True(_share.ForeignByteSize > 0);
        }

        Assert.Equal(0, _share.ForeignByteSize);
    }

    [Fact]
    public void Warm_runs_take_nothing_from_the_managed_heap()
    {
        using var model = Load(Models.Double());
        using var lane = _share.CreateLane(0);
        using var instance = model.CreateInstance(lane);
        using var execution = new TestExecution(model.Signature, [TestTensor.Of([2], 1, 2)]);
        for (var i = 0; i < 100; i++)
        {
            instance.Execute(execution);
        }

        var before = GC.GetAllocatedBytesForCurrentThread();
        for (var i = 0; i < 1000; i++)
        {
            instance.Execute(execution);
        }

        Assert.Equal(0, GC.GetAllocatedBytesForCurrentThread() - before);
    }

    [Fact]
    public void Strings_are_refused_at_the_load()
    {
        var refusal = Assert.Throws<BackendException>(() => Load(Models.Strings()));

        Assert.Equal(StatusCode.Unsupported, refusal.Code);
        Assert.Contains("'x' is a tensor of strings", refusal.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void A_part_of_the_processors_is_refused()
    {
        using var share = new HostAccelerator { ProcessorShare = 0.5 };
        var refusal = Assert.Throws<BackendException>(() => _backend.Load(Write(Models.Double()), share, TestContext.Current.CancellationToken));

        Assert.Contains("'device_share' is 0.5", refusal.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void The_processors_are_refused() =>
        Assert.Equal(StatusCode.Unsupported, Assert.Throws<BackendException>(() => _backend.Load(Write(Models.Double()), new TestDevice(), TestContext.Current.CancellationToken)).Code);

    [Fact]
    public void A_model_with_an_engine_cache_gets_a_place_in_it()
    {
        using var cache = new TempDirectory();
        var path = Path.Combine(cache.FullPath, "cache");
        using var backend = new HostGpuBackend(path);
        using var model = backend.Load(Write(Models.Double()), _share, TestContext.Current.CancellationToken);

        Assert.Single(Directory.GetDirectories(Path.Combine(path, "engines")));
        Assert.Single(Directory.GetDirectories(Path.Combine(path, "timings")));
    }

    private ILoadedModel Load(OnnxModelBuilder builder) => _backend.Load(Write(builder), _share, TestContext.Current.CancellationToken);

    private ModelSource Write(OnnxModelBuilder builder) => new() { ModelName = "m", Version = 3, FilePath = _directory.Write("model.onnx", builder.Build()) };

    private (OutputPlacement Placement, TestTensor First) Run(ILoadedModel model, TestTensor input)
    {
        using var lane = _share.CreateLane(0);
        using var instance = model.CreateInstance(lane);
        using var execution = new TestExecution(model.Signature, [input]);
        Assert.Equal(ExecutionState.Enqueued, instance.Execute(execution));
        var name = model.Signature.Outputs[0].Name;
        return (execution.GetPlacement(name), execution.ReadOutput(name));
    }
}
