using Camshaft.Testing;

namespace Camshaft.Backends.OnnxRuntime.Tests.Gpu;

/// <summary>Which runs are recorded as CUDA graphs and played, with somebody in ONNX Runtime's place who does that as its CUDA execution provider does.</summary>
[Collection(nameof(GpuModelTests))]
public sealed class GraphTests : IDisposable
{
    private readonly TempDirectory _directory = new();
    private readonly HostAccelerator _share = new();
    private readonly GraphRecorder _recorder = new();
    private readonly HostGpuBackend _backend;

    public GraphTests() => _backend = new HostGpuBackend(recorder: _recorder);

    public void Dispose()
    {
        _backend.Dispose();
        _directory.Dispose();
        _share.Dispose();
        Assert.Empty(GraphRecorder.Mistakes);
    }

    [Fact]
    public void A_batch_whose_shapes_and_addresses_come_again_is_recorded_and_then_played()
    {
        using var model = new Loaded(this, Models.Double());
        using var batch = model.Batch(1, 2);
        for (var i = 0; i < 4; i++)
        {
            Assert.Equal([2f, 4f], model.Run(batch));
        }

        Assert.Equal([-1, 1, 1, 1], _recorder.Numbered);
    }

    [Fact]
    public void Other_addresses_are_another_graph()
    {
        using var model = new Loaded(this, Models.Double());
        using var first = model.Batch(1, 2);
        using var second = model.Batch(3, 4);
        for (var i = 0; i < 3; i++)
        {
            Assert.Equal([2f, 4f], model.Run(first));
            Assert.Equal([6f, 8f], model.Run(second));
        }

        Assert.Equal([-1, -1, 1, 2, 1, 2], _recorder.Numbered);
    }

    [Fact]
    public void Other_outputs_are_another_graph()
    {
        using var model = new Loaded(this, new OnnxModelBuilder().Input("x", DataType.Float32, "N").Output("y", DataType.Float32, "N").Output("z", DataType.Float32, "N").Node("Add", ["x", "x"], ["y"]).Node("Neg", ["x"], ["z"]));
        using var batch = model.Batch(1);
        for (var i = 0; i < 3; i++)
        {
            // At the same address, as the engine's arena would have them.
            Assert.Equal(2f, Run(0));
            Assert.Equal(-1f, Run(1));
        }

        Assert.Equal([-1, -1, 1, 2, 1, 2], _recorder.Numbered);

        float Run(int output)
        {
            using var execution = new OneOutputExecution(batch, output);
            model.Instance.Execute(execution);
            return execution.Value;
        }
    }

    [Fact]
    public void Beyond_sixteen_graphs_the_oldest_is_given_back()
    {
        using var model = new Loaded(this, Models.Double());
        for (var length = 1; length <= 18; length++)
        {
            using var batch = model.Batch(new float[length]);
            model.Run(batch);
            model.Run(batch);
        }

        Assert.Equal(18, _recorder.Numbered.Max());
        Assert.Equal([1, 2], GraphRecorder.Released);
    }

    [Fact]
    public void A_run_with_an_output_of_unknown_shape_is_never_recorded()
    {
        using var model = new Loaded(this, Models.Positions());
        using var batch = model.Batch(0, 5);
        for (var i = 0; i < 4; i++)
        {
            model.Instance.Execute(batch);
        }

        Assert.Equal([-1, -1, -1, -1], _recorder.Numbered);
    }

    [Fact]
    public void A_recording_that_fails_costs_a_plain_run_and_is_not_tried_again()
    {
        _recorder.Fail(1);
        using var model = new Loaded(this, Models.Double());
        using var batch = model.Batch(1, 2);
        for (var i = 0; i < 4; i++)
        {
            Assert.Equal([2f, 4f], model.Run(batch));
        }

        Assert.Equal([-1, 1, -1, -1, -1], _recorder.Numbered);

        // The stream does not go on recording, and what was recorded by then is given back.
        Assert.Equal((0, 1), (HostAccelerator.CapturingStream, HostAccelerator.DestroyedGraphs));
        Assert.Contains(_backend.Log.Entries, static entry => entry.Level == BackendLogLevel.Warning && entry.Message.Contains("could not be recorded as a CUDA graph", StringComparison.Ordinal));
    }

    [Fact]
    public void Nothing_is_recorded_while_a_library_loads()
    {
        using var model = new Loaded(this, Models.Double());
        using var batch = model.Batch(1, 2);
        _share.Recordings.EnterLongCall();
        for (var i = 0; i < 3; i++)
        {
            Assert.Equal([2f, 4f], model.Run(batch));
        }

        _share.Recordings.ExitLongCall();
        model.Run(batch);
        Assert.Equal([-1, -1, -1, 1], _recorder.Numbered);
    }

    [Fact]
    public void Another_thread_records_anew()
    {
        using var model = new Loaded(this, Models.Double());
        using var batch = model.Batch(1, 2);
        model.Run(batch);
        model.Run(batch);
        var other = new Thread(() =>
        {
            model.Run(batch);
            model.Run(batch);
        });
        other.Start();
        other.Join();

        Assert.Equal([-1, 1, -1, 2], _recorder.Numbered);
    }

    [Fact]
    public void Lanes_record_beside_each_others_runs()
    {
        using var model = new Loaded(this, Models.Double());
        var threads = Enumerable.Range(1, 3).Select(index => new Thread(() => RunMany(model.Model, index))).ToList();
        threads.ForEach(static thread => thread.Start());
        threads.ForEach(static thread => thread.Join());

        // Each lane has graphs of its own, for eight lengths; what could not be recorded at its turn was recorded later.
        Assert.Equal(8, _recorder.Numbered.Max());
    }

    [Fact]
    public void Played_runs_take_nothing_from_the_managed_heap()
    {
        using var model = new Loaded(this, Models.Double());
        using var batch = model.Batch(1, 2);
        for (var i = 0; i < 100; i++)
        {
            model.Instance.Execute(batch);
        }

        // Those of the recorder are not the model's.
        Assert.Equal(Measure(null), Measure(model.Instance));

        long Measure(IModelInstance? instance)
        {
            var before = GC.GetAllocatedBytesForCurrentThread();
            for (var i = 0; i < 100; i++)
            {
                instance?.Execute(batch);
            }

            return GC.GetAllocatedBytesForCurrentThread() - before;
        }
    }

    [Fact]
    public void Without_the_option_no_run_has_a_number_and_lanes_share_streams()
    {
        using var model = new Loaded(this, Models.Double(), graphs: "false");
        using var batch = model.Batch(1, 2);
        model.Run(batch);
        model.Run(batch);
        using var second = _share.CreateLane(1);

        Assert.Equal([-1, -1], _recorder.Numbered);
        Assert.Equal(model.Lane.Streams, second.Streams);
    }

    [Fact]
    public void With_it_lanes_have_streams_of_their_own()
    {
        using var model = new Loaded(this, Models.Double());
        using var second = _share.CreateLane(1);

        Assert.NotEqual(model.Lane.Streams, second.Streams);
    }

    [Fact]
    public void A_model_with_an_input_that_the_processors_read_is_refused()
    {
        using var backend = new HostGpuBackend(recorder: _recorder) { Memory = "Cuda" };
        var refusal = Assert.Throws<BackendException>(() => backend.Load(Write(Models.Double(), "true"), _share, TestContext.Current.CancellationToken));

        Assert.Equal(StatusCode.Unsupported, refusal.Code);
        Assert.Contains("the input 'x' is read on the processors; a recorded run would keep the value that it had then", refusal.Message, StringComparison.Ordinal);
        Assert.Equal(0, _share.LaneCount);
    }

    [Fact]
    public void Graphs_are_refused_beside_TensorRT()
    {
        using var backend = new HostGpuBackend();
        var refusal = Assert.Throws<BackendException>(() => backend.Load(Write(Models.Double(), "true"), _share, TestContext.Current.CancellationToken));

        Assert.Contains("'enable_cuda_graph' is on, but ONNX Runtime records only what CUDA runs alone", refusal.Message, StringComparison.Ordinal);
    }

    private void RunMany(ILoadedModel model, int index)
    {
        using var lane = _share.CreateLane(index);
        using var instance = model.CreateInstance(lane);
        var batches = Enumerable.Range(1, 8).Select(length => new TestExecution(model.Signature, [TestTensor.Ramp(length)])).ToList();
        for (var round = 0; round < 50; round++)
        {
            batches.ForEach(batch => instance.Execute(batch));
        }

        batches.ForEach(static batch => batch.Dispose());
    }

    private ModelSource Write(OnnxModelBuilder builder, string graphs) => new()
    {
        ModelName = "m",
        Version = 3,
        FilePath = _directory.Write("model.onnx", builder.Build()),
        Parameters = new Dictionary<string, string> { ["enable_cuda_graph"] = graphs },
    };

    private sealed class Loaded : IDisposable
    {
        public Loaded(GraphTests test, OnnxModelBuilder builder, string graphs = "true")
        {
            Model = test._backend.Load(test.Write(builder, graphs), test._share, TestContext.Current.CancellationToken);
            Lane = test._share.CreateLane(0);
            Instance = Model.CreateInstance(Lane);
        }

        public ILoadedModel Model { get; }

        public ILane Lane { get; }

        public IModelInstance Instance { get; }

        public TestExecution Batch(params float[] values) => new(Model.Signature, [TestTensor.Of([values.Length], values)]);

        public float[] Run(TestExecution batch)
        {
            Instance.Execute(batch);
            return batch.ReadOutput("y").Values<float>().ToArray();
        }

        public void Dispose()
        {
            Instance.Dispose();
            Lane.Dispose();
            Model.Dispose();
        }
    }
}
