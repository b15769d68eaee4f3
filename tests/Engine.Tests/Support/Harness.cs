using Camshaft.Backends;
using Camshaft.Engine.Batching;
using Camshaft.Engine.Devices;
using Camshaft.Engine.Inference;
using Camshaft.Engine.Memory;
using Camshaft.Engine.Models;
using Camshaft.Engine.Models.Configuration;
using Camshaft.Engine.Scheduling;
using Camshaft.Engine.Scheduling.Lanes;
using Camshaft.Engine.Scheduling.Policies;
using Camshaft.Engine.Scheduling.Queues;
using Microsoft.Extensions.Logging.Abstractions;

namespace Camshaft.Engine.Tests.Support;

/// <summary>A pool, a scheduler and one ready model. When it is disposed nothing may be leased any more.</summary>
internal sealed class Harness : IAsyncDisposable
{
    public static readonly ModelSignature Identity = new(
        [new TensorSpec("in", DataType.Int32, new Shape(Shape.Variable)) { Symbols = ["n"] }],
        [new TensorSpec("out", DataType.Int32, new Shape(Shape.Variable)) { Symbols = ["n"] }]);

    private readonly CompletionThread _completions = new();

    public Harness(
        Func<ModelExecution, ExecutionState>? execute = null,
        ModelSignature? signature = null,
        int laneCount = 2,
        int queueLimit = 16,
        int? concurrency = null,
        TimeProvider? timeProvider = null,
        ISchedulingPolicy? policy = null,
        long budgetByteSize = 1 << 20,
        int maxRows = 1,
        BatchingConfiguration? batching = null,
        LaneLayout? layout = null,
        ModelScheduling? scheduling = null,
        IReadOnlyList<RunCost>? costs = null,
        IReadOnlyList<TensorConfiguration>? outputs = null,
        IReadOnlyList<WarmUpSample>? samples = null,
        string sampleDirectory = "",
        IMemorySource? memorySource = null,
        IDevice? device = null)
    {
        TimeProvider = timeProvider ?? TimeProvider.System;
        Memory = new HostMemoryPool(memorySource ?? new NativeMemorySource(), budgetByteSize, scrambleReturned: true);
        Scheduler = new DeviceScheduler(device ?? new CpuDevice(), layout ?? LaneLayout.Alike(laneCount), policy ?? new FifoPolicy(), TimeProvider, _completions, TimeSpan.FromSeconds(10));
        Scheduler.Start();
        Backend = new FakeModel(signature ?? Identity, execute ?? Copy);
        Model = AddModel(Backend, queueLimit, concurrency, maxRows, batching, scheduling, costs, outputs, samples, sampleDirectory);
    }

    public TimeProvider TimeProvider { get; }

    public HostMemoryPool Memory { get; }

    public DeviceScheduler Scheduler { get; }

    public FakeModel Backend { get; }

    public ModelVersion Model { get; }

    /// <summary>What the model that was added last has while it is loaded.</summary>
    public LoadedVersion Loaded { get; private set; } = null!;

    public static ExecutionState Copy(ModelExecution execution)
    {
        Assert.True(execution.TryGetOutput(0, out var output));
        execution.GetInput(0).Bytes.CopyTo(output.Bytes);
        return ExecutionState.Completed;
    }

    public ModelVersion AddModel(
        FakeModel backend,
        int queueLimit = 16,
        int? concurrency = null,
        int maxRows = 1,
        BatchingConfiguration? batching = null,
        ModelScheduling? scheduling = null,
        IReadOnlyList<RunCost>? costs = null,
        IReadOnlyList<TensorConfiguration>? outputs = null,
        IReadOnlyList<WarmUpSample>? samples = null,
        string sampleDirectory = "")
    {
        var configuration = new ModelConfiguration
        {
            Outputs = outputs ?? [],
            Limits = new ModelLimits { Concurrency = concurrency },
            Batching = batching ?? new BatchingConfiguration(),
            Scheduling = scheduling ?? new ModelScheduling(),
            WarmUpSamples = samples ?? [],
        };
        var model = new ModelVersion("fake", 1, configuration, TimeProvider, NullLogger.Instance);
        model.BeginLoading();
        Loaded = new LoadedVersion(backend, backend, backend.Signature, Scheduler, model, queueLimit, CreateRequest, Memory, sampleDirectory);
        model.Attach(Loaded, TimeSpan.Zero);
        Loaded.SetBatching(new BatchAxes(backend.Signature, maxRows), costs ?? []);
        model.MarkReady();
        return model;
    }

    /// <summary>Rents a request and fills its one input.</summary>
    public async Task<InferenceRequest> PrepareAsync(ModelVersion? model = null, params int[] values)
    {
        var request = (model ?? Model).TryCreateRequest() ?? throw new InvalidOperationException("The model is not ready.");
        Expect(request.DeclareInput(0, DataType.Int32, [values.Length], values.Length * sizeof(int)));
        Expect(await request.ReserveAsync(CancellationToken.None));
        values.CopyTo(request.GetInput(0).AsSpan<int>());
        return request;
    }

    /// <summary>Sends one request through and returns its output.</summary>
    public async Task<int[]> RunAsync(params int[] values)
    {
        using var request = await PrepareAsync(null, values);
        Expect(await request.RunAsync());
        return request.GetOutput(0).AsSpan<int>().ToArray();
    }

    public async ValueTask DisposeAsync()
    {
        if (Model.State != ModelState.Unloaded)
        {
            Model.BeginDraining();
            await Model.UnloadAsync().WaitAsync(TimeSpan.FromSeconds(30));
        }

        Scheduler.Dispose();
        _completions.Dispose();
        Assert.True(Memory.LeasedCount == 0 && Memory.UsedByteSize == 0, Memory.DescribeOutstanding());
        Memory.Dispose();
        Assert.Equal(0, Memory.AllocatedByteSize);
        Assert.Equal(0, Backend.InstancesAlive);
        Assert.True(Backend.IsDisposed);
    }

    /// <summary>What a model's runs of one row take, for those that are told rather than measured.</summary>
    public static IReadOnlyList<RunCost> Takes(double milliseconds) => [new(1, TimeSpan.FromMilliseconds(milliseconds), TimeSpan.FromMilliseconds(milliseconds))];

    public static void Expect(InferenceStatus status) => Assert.True(status.IsOk, status.Message);

    private InferenceRequest CreateRequest(ModelVersion version, SignaturePlan plan, ModelQueues queues, DeviceScheduler scheduler) =>
        new(version, plan, queues, scheduler, Memory, TimeProvider);
}
