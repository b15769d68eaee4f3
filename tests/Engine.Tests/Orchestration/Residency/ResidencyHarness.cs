using System.Text;
using Camshaft.Backends;
using Camshaft.Engine.Devices;
using Camshaft.Engine.Inference;
using Camshaft.Engine.Memory;
using Camshaft.Engine.Models;
using Camshaft.Engine.Models.Configuration;
using Camshaft.Engine.Orchestration;
using Camshaft.Engine.Orchestration.Residency;
using Camshaft.Engine.Repository;
using Camshaft.Engine.Scheduling;
using Camshaft.Engine.Scheduling.Lanes;
using Camshaft.Engine.Scheduling.Policies;
using Camshaft.Engine.Tests.Support;
using Camshaft.Testing;
using Microsoft.Extensions.Logging.Abstractions;
using Microsoft.Extensions.Time.Testing;

namespace Camshaft.Engine.Tests.Orchestration.Residency;

/// <summary>The engine's parts from the registry down to the lanes, over a repository of models that take as much memory as they say. When it is disposed nothing may be left.</summary>
internal sealed class ResidencyHarness : IAsyncDisposable
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(30);

    private readonly TempDirectory _models = new();
    private readonly CpuDevice _device = new();
    private readonly HostMemoryPool _memory = new(new NativeMemorySource(), 1 << 20, scrambleReturned: true);
    private readonly CompletionThread _completions = new();
    private readonly DeviceScheduler _scheduler;
    private readonly ModelLoader _loader;
    private readonly TaskCompletionSource _started = new();

    public ResidencyHarness(long budget = 1000, TimeSpan minimumResidency = default, int queueLimit = 64, TimeProvider? timeProvider = null)
    {
        var clock = timeProvider ?? Clock;
        Backend = new WeightsBackend(time => Clock.Advance(time));
        _scheduler = new DeviceScheduler(_device, LaneLayout.Alike(2), new FifoPolicy(), clock, _completions, TimeSpan.FromSeconds(10));
        _scheduler.Start();
        // One load after the other: each moves the clock, and none may seem to take another's time.
        var options = new EngineOptions { ControlMode = ModelControlMode.Explicit, LoadModels = ["*"], QueueLimit = queueLimit, ConcurrentLoads = 1 };
        Residency = new ModelResidency(budget, minimumResidency, clock, NullLogger.Instance);
        Residency.Start();
        var schedulers = new DeviceSchedulers();
        schedulers.Add(_scheduler);
        _loader = new ModelLoader(Select, schedulers, _memory, Residency, _completions, options, clock);
        Controller = new ModelController(options, new ModelRepository([_models.FullPath]), Models, _loader, Residency, clock, NullLogger.Instance);
        Door = new RequestDoor(Models, _started.Task, new DemandLoader(Controller.LoadOnDemandAsync, queueLimit, clock), clock);
    }

    /// <summary>The clock, unless the test has another. A load moves it by the time that it takes.</summary>
    public FakeTimeProvider Clock { get; } = new();

    public WeightsBackend Backend { get; }

    public ModelRegistry Models { get; } = new();

    public ModelResidency Residency { get; }

    public ModelController Controller { get; }

    public RequestDoor Door { get; }

    /// <summary>Writes a model of so many bytes, which loads in so many milliseconds. Its file is as large as it takes.</summary>
    public void Add(string model, int byteSize, int loadMilliseconds = 10, string configuration = "") =>
        Write(model, $"{byteSize} {loadMilliseconds}ms ".PadRight(byteSize), configuration);

    public void Write(string model, string content, string configuration = "")
    {
        _models.Write($"{model}/1/model.weights", Encoding.UTF8.GetBytes(content));
        _models.Write($"{model}/model.yaml", Encoding.UTF8.GetBytes($"warm_up: none\n{configuration}"));
    }

    public void Delete(string model) => Directory.Delete(Path.Combine(_models.FullPath, model), recursive: true);

    public async Task StartAsync()
    {
        await Controller.LoadInitialAsync(CancellationToken.None);
        _started.SetResult();
    }

    public ModelVersion Find(string model)
    {
        Harness.Expect(Models.TryGetVersion(model, ModelRegistry.HighestReady, out var version));
        return version!;
    }

    public ModelState GetState(string model) => Find(model).State;

    public Task<RentedRequest> CreateRequestAsync(string model, TimeSpan? timeout = null, CancellationToken cancellationToken = default) =>
        Door.CreateRequestAsync(model, ModelRegistry.HighestReady, timeout, cancellationToken).AsTask().WaitAsync(Patience, CancellationToken.None);

    /// <summary>Sends a request through, and waits for the model if need be.</summary>
    public async Task<InferenceStatus> InferAsync(string model, int times = 1)
    {
        for (var i = 0; i < times; i++)
        {
            var (status, request) = await CreateRequestAsync(model);
            if (request is null)
            {
                return status;
            }

            using (request)
            {
                Harness.Expect(request.DeclareInput(0, DataType.Int32, [1], sizeof(int)));
                Harness.Expect(await request.ReserveAsync(CancellationToken.None));
                Harness.Expect(await request.RunAsync());
            }
        }

        return InferenceStatus.Ok;
    }

    public async ValueTask DisposeAsync()
    {
        await Controller.StopAsync(Patience, CancellationToken.None).WaitAsync(Patience);
        _scheduler.Dispose();
        _completions.Dispose();
        _loader.Dispose();
        Residency.Dispose();
        Assert.True(_memory is { LeasedCount: 0, UsedByteSize: 0 }, _memory.DescribeOutstanding());
        _memory.Dispose();
        Assert.Equal((0, 0), (Backend.Alive, Backend.ByteSize));
        Assert.Equal(0, Residency.Use.Used);
        _models.Dispose();
    }

    private IReadOnlyList<BackendChoice> Select(ModelConfiguration configuration, VersionDirectory version) =>
        [new(Backend, _device, Path.Combine(version.Path, "model.weights"))];
}
