using Camshaft.Backends;
using Camshaft.Client;
using Camshaft.CudaSharedMemory.Tests.Support;

namespace Camshaft.CudaSharedMemory.Tests.Joining;

/// <summary>Keeps every lane of the GPU busy with another model, so that requests to <see cref="JoiningModel"/> wait and join.</summary>
internal sealed class OccupiedGpu : IAsyncDisposable
{
    private const string Other = "vector_add";
    private const int LaneCount = 4;

    // Of each of the other model's batches: two inputs and an output.
    private const int CopiesOfABatch = 3;

    private readonly GpuServer _server;
    private readonly CamshaftClient _client;
    private readonly int _kernelsBefore;
    private readonly int _hostCopiesBefore;
    private readonly int _deviceCopiesBefore;
    private Task[] _running = [];

    private OccupiedGpu(GpuServer server)
    {
        (_server, _client) = (server, server.CreateClient());
        (_kernelsBefore, _hostCopiesBefore, _deviceCopiesBefore) = (server.Simulation.KernelCount, server.Simulation.HostCopyCount, server.Simulation.DeviceCopyCount);
    }

    /// <summary>How many batches the GPU has run besides.</summary>
    public int BatchCount => _server.Simulation.KernelCount - _kernelsBefore - LaneCount;

    /// <summary>How many copies there were for these between host and device.</summary>
    public int HostCopyCount => _server.Simulation.HostCopyCount - _hostCopiesBefore - (LaneCount * CopiesOfABatch);

    /// <summary>How many copies there were for these on the device.</summary>
    public int DeviceCopyCount => _server.Simulation.DeviceCopyCount - _deviceCopiesBefore;

    public static async Task<OccupiedGpu> BeginAsync(GpuServer server)
    {
        server.Simulation.Hold(Other);
        var occupied = new OccupiedGpu(server);
        var model = await occupied._client.OpenModelAsync(Other);
        occupied._running = [.. Enumerable.Range(0, LaneCount).Select(async _ =>
        {
            using var result = await model.InferAsync([InferenceInput.Create("A", new float[4]), InferenceInput.Create("B", new float[4])]);
        })];
        await GpuServer.UntilAsync(() => server.Engine.Telemetry.Read().Lanes.Count(static lane => lane is { DeviceKind: DeviceKind.Cuda, Model: not null }) == LaneCount, "some lanes are free");
        return occupied;
    }

    /// <summary>Waits until so many requests to a model wait.</summary>
    public Task UntilWaitingAsync(int requests, string model = JoiningModel.Name) =>
        GpuServer.UntilAsync(() => _server.Engine.Telemetry.Read().Models.Single(snapshot => snapshot.Model.ModelName == model).QueueDepth == requests, $"no {requests} requests wait");

    /// <summary>Sends requests one behind the other, each when those before it wait: in this order they join.</summary>
    /// <returns>Their answers, which come when the lanes are free.</returns>
    public async Task<Task<float[]>[]> QueueAsync(IEnumerable<Task<float[]>> requests, string model = JoiningModel.Name)
    {
        var answers = new List<Task<float[]>>();
        foreach (var request in requests)
        {
            answers.Add(request);
            await UntilWaitingAsync(answers.Count, model);
        }

        return [.. answers];
    }

    /// <summary>Lets the lanes free, and with that what has waited for them run.</summary>
    public async Task EndAsync()
    {
        _server.Simulation.Release(Other);
        await Task.WhenAll(_running);
    }

    /// <summary>Lets the lanes free with the kernel of what runs next held, and waits until that is enqueued.</summary>
    public async Task EndBeforeAsync(string kernel, string model = JoiningModel.Name)
    {
        _server.Simulation.Hold(kernel);
        await EndAsync();
        await UntilWaitingAsync(0, model);
        await _server.UntilEnqueuedAsync();
    }

    public async ValueTask DisposeAsync()
    {
        _server.Simulation.Release(JoiningModel.Kernel);
        await EndAsync();
        await _client.DisposeAsync();
    }
}
