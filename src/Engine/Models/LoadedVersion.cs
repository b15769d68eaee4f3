using System.Globalization;
using Camshaft.Backends;
using Camshaft.Engine.Batching;
using Camshaft.Engine.Inference;
using Camshaft.Engine.Memory;
using Camshaft.Engine.Scheduling;
using Camshaft.Engine.Scheduling.Queues;
using Camshaft.Engine.Telemetry.Metrics;

namespace Camshaft.Engine.Models;

/// <summary>
/// What a version has while it is loaded: the backend's model, an instance for each lane that has run it, its queues and
/// its pool of requests. Disposed after the last request.
/// </summary>
internal sealed class LoadedVersion : IDisposable
{
    private readonly LaneInstances _instances;
    private readonly Func<BatchAxes, IReadOnlyList<RunCost>, ModelQueues> _createQueues;
    private readonly Func<InferenceRequest> _createRequest;

    public LoadedVersion(IBackend backend, ILoadedModel model, ModelSignature signature, DeviceScheduler scheduler, ModelVersion version, int queueLimit, RequestFactory createRequest, HostMemoryPool memory, string sampleDirectory = "", IAcceleratorShare? share = null)
    {
        Backend = backend;
        Model = model;
        Plan = new SignaturePlan(signature, version.Configuration.Outputs);
        Scheduler = scheduler;
        Memory = memory;
        SampleDirectory = sampleDirectory;
        Share = share;
        _instances = new LaneInstances(model, share);
        _createQueues = (axes, costs) => new ModelQueues(scheduler, version, axes, costs, queueLimit);
        _createRequest = () => createRequest(version, Plan, Queues!, scheduler);
        Queues = _createQueues(new BatchAxes(signature, maxRows: 1), []);
        Requests = new RequestPool(_createRequest);
    }

    public delegate InferenceRequest RequestFactory(ModelVersion version, SignaturePlan plan, ModelQueues queues, DeviceScheduler scheduler);

    public IBackend Backend { get; }

    public ILoadedModel Model { get; }

    /// <summary>Its part of an accelerator; null on other devices.</summary>
    public IAcceleratorShare? Share { get; }

    /// <summary>What it takes now beside the engine's buffers.</summary>
    public MemoryFootprint Footprint
    {
        get
        {
            // Asked first: a model that knows what its library has taken says so to its share.
            var own = Model.Footprint;
            return Share is null ? own : own with { DeviceByteSize = own.DeviceByteSize + Share.UsedByteSize };
        }
    }

    /// <summary>What it takes of its accelerator's memory now; null on other devices.</summary>
    public DeviceMemory? DeviceMemory
    {
        get
        {
            if (Share is null)
            {
                return null;
            }

            var own = Model.Footprint.DeviceByteSize;
            return new DeviceMemory(Share.UsedByteSize + own, Share.PeakByteSize + own, own);
        }
    }

    public SignaturePlan Plan { get; }

    public DeviceScheduler Scheduler { get; }

    /// <summary>The memory of its requests' tensors.</summary>
    public HostMemoryPool Memory { get; }

    /// <summary>Where the files of its warm-up samples lie.</summary>
    public string SampleDirectory { get; }

    public ModelQueues Queues { get; private set; }

    public RequestPool Requests { get; }

    /// <summary>Says how requests join from now on, and what runs take. Before the first one.</summary>
    public void SetBatching(BatchAxes axes, IReadOnlyList<RunCost> costs)
    {
        Queues.Dispose();
        Queues = _createQueues(axes, costs);
    }

    /// <summary>Where it runs, for people. Its share is what the device gave, which is no less than what was asked for.</summary>
    public string DescribePlace() => Share is { ProcessorShare: > 0 and var share } part
        ? string.Create(CultureInfo.InvariantCulture, $"{DeviceName.Of(part)}, {share:P1} of its processors")
        : DeviceName.Of(Scheduler.Device);

    /// <summary>Makes a request beside the pool.</summary>
    public InferenceRequest CreateRequest() => _createRequest();

    /// <summary>The instance for a lane, made when the lane first runs the model. By the lane's holder.</summary>
    public IModelInstance GetInstance(ILane lane) => _instances.Get(lane);

    /// <summary>The model's own lane for one of the scheduler's. By that lane's holder.</summary>
    public ILane GetLane(ILane lane) => _instances.GetLane(lane);

    /// <summary>Disposes a lane's instance, so that the next run makes a new one. By the lane's holder.</summary>
    public void DropInstance(ILane lane) => _instances.Drop(lane);

    /// <summary>Frees all of it, the rest too where a plugin's part throws.</summary>
    public void Dispose()
    {
        try
        {
            Queues.Dispose();
            _instances.Dispose();
        }
        finally
        {
            try
            {
                Model.Dispose();
            }
            finally
            {
                Share?.Dispose();
            }
        }
    }
}
