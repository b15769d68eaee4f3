namespace Camshaft.Backends.OnnxRuntime.Tests.Gpu.TensorRt;

/// <summary>What is built, when, and what is said of it.</summary>
[Collection(nameof(GpuModelTests))]
public sealed class TensorRtBuildTests : TensorRtTest
{
    [Fact]
    public async Task What_was_built_serves_from_the_next_load_on()
    {
        using (Load(maxBatchSize: 8))
        {
            await Build();
            await Logged(Served);
        }

        var profile = "";
        Watch.Building = static _ => Assert.Fail("It is built again.");
        Watch.Making = place => profile = place.TensorRt!.Profile!.Max;
        using var model = Load(maxBatchSize: 8);
        using var lane = new BusyLane(Share, model, 1);
        lane.Run(1, 2);

        Assert.True(lane.RanTensorRt);
        Assert.Equal("x:8", profile);
        Assert.Null(model.Note);
    }

    [Fact]
    public async Task Another_batch_size_is_built_anew()
    {
        using (Load(maxBatchSize: 8))
        {
            await Build();
            await Logged(Served);
        }

        Building.Reset();
        using var model = Load(maxBatchSize: 16);
        Assert.True(Building.Wait(Patience, Cancellation));
    }

    [Fact]
    public async Task A_build_that_fails_leaves_CUDA_serving_and_says_why()
    {
        Watch.Building = static _ => throw new BackendException(StatusCode.Internal, "Model 'm' version 3: no kernel was found");
        using var model = Load();
        using var lane = new BusyLane(Share, model, 1);
        await Logged("TensorRT could not be built");

        Assert.Equal([2f, 4f], lane.Run(1, 2));
        Assert.False(lane.RanTensorRt);
        Assert.Equal("TensorRT could not be built, and CUDA serves: no kernel was found", model.Note);
        Assert.Contains(Backend.Log.Entries, static entry => entry is (BackendLogLevel.Warning, "Model 'm' version 3: TensorRT could not be built, and CUDA serves: no kernel was found"));
    }

    [Fact]
    public async Task An_unload_does_not_wait_for_a_build_and_nothing_of_it_is_used()
    {
        var model = Load();
        using (new BusyLane(Share, model, 1))
        {
            Assert.True(Building.Wait(Patience, Cancellation));
        }

        model.Dispose();
        Assert.Equal((0, 0), SessionWatch.Alive);
        Built.Set();
        await Logged("TensorRT's build was given up");

        // The engine is there, and whether it is all that is needed nobody knows.
        Building.Reset();
        using var again = Load();
        Assert.True(Building.Wait(Patience, Cancellation));
    }

    [Fact]
    public void On_a_GPU_one_model_is_built_at_a_time()
    {
        using var first = Load();
        Assert.True(Building.Wait(Patience, Cancellation));
        using var second = Load(name: "n");

        Assert.StartsWith("TensorRT is building", first.Note, StringComparison.Ordinal);
        Assert.Equal("TensorRT waits for its turn to build; CUDA serves", second.Note);
        Building.Reset();
        Built.Set();
        Assert.True(Building.Wait(Patience, Cancellation));
    }

    [Fact]
    public void A_model_that_waits_for_its_turn_can_be_given_up()
    {
        using var first = Load();
        Assert.True(Building.Wait(Patience, Cancellation));
        var second = Load(name: "n");
        second.Dispose();

        Assert.True(SpinWait.SpinUntil(() => second.Note == "TensorRT was not built: the model has been given up", Patience));
    }

    [Fact]
    public void How_far_a_build_is_can_be_seen()
    {
        using var model = Load();
        Assert.True(Building.Wait(Patience, Cancellation));
        Assert.Contains(Backend.Log.Entries, static entry => entry.Message == "Model 'm' version 3: TensorRT begins to build on 'host', which can take minutes; CUDA serves.");
        Clock.Advance(TimeSpan.FromSeconds(31));

        Assert.Equal("TensorRT is building: 31 s, 0 engines so far; CUDA serves", model.Note);
        Assert.Single(Backend.Log.Entries, static entry => entry.Message.Contains("TensorRT is building: 3", StringComparison.Ordinal));
        Clock.Advance(TimeSpan.FromSeconds(30));
        Assert.Equal(2, Backend.Log.Entries.Count(static entry => entry.Message.Contains("TensorRT is building", StringComparison.Ordinal)));
    }

    [Fact]
    public async Task How_long_it_took_is_said_at_its_end()
    {
        using var model = Load();
        Assert.True(Building.Wait(Patience, Cancellation));
        Clock.Advance(TimeSpan.FromSeconds(90));
        Built.Set();

        await Logged("TensorRT has built 1 engines in 90 s; lanes go over to it between two batches.");
    }

    [Fact]
    public void A_model_may_wait_for_TensorRT_instead()
    {
        Built.Set();
        using var model = Load(parameters: ("trt_build", "load"));
        using var lane = new BusyLane(Share, model, 1);
        lane.Run(1, 2);

        Assert.True(lane.RanTensorRt);
        Assert.False(Building.IsSet);
        Assert.Null(model.Note);
    }

    [Fact]
    public void Without_a_cache_the_load_builds()
    {
        using var backend = new HostGpuBackend(watch: Watch);
        using var model = backend.Load(Write(Models.Double(), "m", null), Share, Cancellation);
        using var lane = new BusyLane(Share, model, 1);
        lane.Run(1, 2);

        Assert.True(lane.RanTensorRt);
    }

    [Fact]
    public void A_model_whose_shapes_vary_elsewhere_has_to_say_how()
    {
        var builder = new OnnxModelBuilder().Input("x", DataType.Float32, "N", "M").Output("y", DataType.Float32, "N", "M").Node("Add", ["x", "x"], ["y"]);
        using var model = Backend.Load(Write(builder, "m", null), Share, Cancellation);

        Assert.Contains("TensorRT is not built, and CUDA serves: dimension 1 of 'x' varies", model.Note, StringComparison.Ordinal);
        Assert.Contains(Backend.Log.Entries, static entry => entry.Level == BackendLogLevel.Warning && entry.Message.Contains("dimension 1 of 'x' varies", StringComparison.Ordinal));
        using var stated = Backend.Load(
            Write(builder, "n", null, ("trt_profile_min_shapes", "x:1x1"), ("trt_profile_opt_shapes", "x:2x2"), ("trt_profile_max_shapes", "x:4x4")), Share, Cancellation);
        Assert.True(Building.Wait(Patience, Cancellation));
    }
}
