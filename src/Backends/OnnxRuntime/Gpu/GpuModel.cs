using Camshaft.Backends.OnnxRuntime.Gpu.TensorRt;
using Camshaft.Backends.OnnxRuntime.Native;

namespace Camshaft.Backends.OnnxRuntime.Gpu;

/// <summary>
/// A model on a GPU: a session for each lane that runs it, since a session is tied to its stream; so each lane has the weights. The first
/// session is made by the load, which fails where a lane would, and goes to the first lane of its stream. A model that CUDA runs goes over
/// to TensorRT when that has been built: its lanes one after the other, and new ones at once.
/// </summary>
internal sealed class GpuModel : ILoadedModel
{
    // How often lanes are asked whether they are idle, which have a session to give up and get no batch.
    private static readonly TimeSpan LookPeriod = TimeSpan.FromMilliseconds(20);

    private readonly GpuSessions _sessions;
    private readonly IBackendLog _log;
    private readonly TensorRtPlan? _firstPlan;
    private readonly Lock _gate = new();
    private readonly List<GpuInstance> _instances = [];
    private TensorRtUse? _tensorRt;
    private ILane? _firstLane;
    private OrtHandle? _firstSession;
    private volatile bool _distrustsSymbols;
    private volatile string? _obstacle;

    /// <summary>Loads it.</summary>
    /// <param name="maker">Makes its sessions.</param>
    /// <param name="share">Its part of the GPU.</param>
    /// <param name="memoryName">ONNX Runtime's name of the GPU's memory.</param>
    /// <param name="recordsGraphs">Whether runs are recorded as CUDA graphs.</param>
    /// <param name="tensorRt">How TensorRT runs it; null = CUDA does.</param>
    /// <param name="log">Where messages go.</param>
    /// <param name="cancellationToken">Gives the load up.</param>
    /// <exception cref="BackendException">ONNX Runtime cannot run it, or it has tensors that no GPU has.</exception>
    public GpuModel(SessionMaker maker, IAcceleratorShare share, string memoryName, bool recordsGraphs, TensorRtPlan? tensorRt, IBackendLog log, CancellationToken cancellationToken)
    {
        var source = maker.Source;
        Api = maker.Environment.Api;
        Allocator = maker.Environment.DefaultAllocator;
        Subject = source.ToString();
        Driver = new GpuDriver(share.Accelerator);
        RecordsGraphs = recordsGraphs;
        Recordings = share.Accelerator.Recordings;
        _log = log;
        _firstPlan = tensorRt;
        Memory = maker.Environment.CreateMemoryInfo(memoryName, OrtAllocatorType.Device, share.Ordinal);
        _sessions = new GpuSessions(maker, share, memoryName, log);
        try
        {
            if (recordsGraphs)
            {
                share.SeparateLanes();
            }

            _firstLane = share.CreateLane(0);
            _firstSession = _sessions.Create(_firstLane, tensorRt, cancellationToken);
            Signature = new SignatureReader(maker.Environment, _firstSession, source).Read();
            _tensorRt = tensorRt is null ? null : new TensorRtUse(tensorRt, Signature);
            RefuseStrings(source);
            if (recordsGraphs)
            {
                new GraphObstacles(maker.Environment, _firstSession, memoryName).Refuse(source, Signature);
            }
        }
        catch
        {
            Dispose();
            throw;
        }

        InputNames = new PinnedNames(Signature.Inputs.Select(static tensor => tensor.Name));
        OutputNames = new PinnedNames(Signature.Outputs.Select(static tensor => tensor.Name));
    }

    public ModelSignature Signature { get; }

    /// <summary>The library's functions.</summary>
    public OrtApiTable Api { get; }

    /// <summary>The library's own allocator.</summary>
    public nint Allocator { get; }

    /// <summary>Describes the GPU's memory.</summary>
    public OrtHandle Memory { get; }

    /// <summary>Copies inside it, and asks how far a stream is.</summary>
    public GpuDriver Driver { get; }

    /// <summary>Whether runs are recorded as CUDA graphs.</summary>
    public bool RecordsGraphs { get; }

    /// <summary>Keeps recordings apart from what would spoil them; null = nothing is recorded.</summary>
    public RecordingGate? Recordings { get; }

    /// <summary>Names the model in messages.</summary>
    public string Subject { get; }

    /// <summary>The inputs' names, for native calls.</summary>
    public PinnedNames InputNames { get; }

    /// <summary>The outputs' names, for native calls.</summary>
    public PinnedNames OutputNames { get; }

    /// <summary>Builds it for TensorRT; null = nothing is built.</summary>
    public TensorRtBuild? Build { get; set; }

    /// <inheritdoc/>
    public string? Note => Build?.Note ?? _obstacle;

    /// <summary>Whether a run has given an output another shape than its symbols promised; see <see cref="OnnxRuntimeModel.DistrustsSymbols"/>.</summary>
    public bool DistrustsSymbols
    {
        get => _distrustsSymbols;
        set => _distrustsSymbols = value;
    }

    /// <summary>
    /// Nothing: what the sessions' arenas hold of the GPU's memory, weights and activations, is on the account of the model's share, and
    /// brought up to date here. Not what CUDA's own libraries take.
    /// </summary>
    public MemoryFootprint Footprint
    {
        get
        {
            _sessions.CountArenas();
            return default;
        }
    }

    public IModelInstance CreateInstance(ILane lane)
    {
        var accelerated = lane as IAcceleratorLane ?? throw new BackendException(StatusCode.Unsupported, $"{Subject}: lane {lane.Index} of '{lane.Device.Name}' is none of a GPU.");
        var instance = new GpuInstance(this, accelerated);
        TensorRtUse? tensorRt;
        lock (_gate)
        {
            tensorRt = _tensorRt;
            _instances.Add(instance);
        }

        try
        {
            instance.Open(tensorRt);
            return instance;
        }
        catch
        {
            instance.Dispose();
            throw;
        }
    }

    /// <summary>Makes what runs batches on a lane.</summary>
    /// <param name="lane">The lane.</param>
    /// <param name="tensorRt">How TensorRT runs the model; null = CUDA alone does.</param>
    /// <param name="cancellationToken">Ends it early.</param>
    /// <exception cref="BackendException">ONNX Runtime cannot run the model so.</exception>
    public SessionRunner CreateRunner(ILane lane, TensorRtPlan? tensorRt, CancellationToken cancellationToken) =>
        new(this, TakeFirstSession(lane, tensorRt) ?? _sessions.Create(lane, tensorRt, cancellationToken), lane.Streams.Compute);

    /// <summary>
    /// Goes over to TensorRT, which has been built: lanes that there are, one after the other, and new ones from now on. Returns when the
    /// sessions that CUDA had are gone.
    /// </summary>
    /// <exception cref="OperationCanceledException">The model has been given up.</exception>
    public void Use(TensorRtPlan plan, CancellationToken cancellationToken)
    {
        Driver.MakeCurrent();
        var use = new TensorRtUse(plan, Signature);
        GpuInstance[] instances;
        lock (_gate)
        {
            _tensorRt = use;
            instances = [.. _instances];
        }

        ReleaseFirstSession();
        foreach (var instance in instances)
        {
            instance.GoOver(use, cancellationToken);
        }

        var left = instances.ToList();
        left.RemoveAll(static instance => instance.TryReleaseRetired());
        while (left.Count > 0)
        {
            if (cancellationToken.WaitHandle.WaitOne(LookPeriod))
            {
                throw new OperationCanceledException(cancellationToken);
            }

            left.RemoveAll(static instance => instance.TryReleaseRetired());
        }
    }

    /// <summary>Forgets an instance, which has ended.</summary>
    public void Remove(GpuInstance instance)
    {
        lock (_gate)
        {
            _instances.Remove(instance);
        }
    }

    /// <summary>Ends a session of an instance.</summary>
    public void Release(OrtHandle session) => _sessions.Release(session);

    /// <summary>Says why a batch was not recorded that was to be.</summary>
    public void ReportUnrecorded(string reason) =>
        _log.Write(BackendLogLevel.Warning, $"{Subject}: a run could not be recorded as a CUDA graph, and batches of its shapes are run as they are: {reason}");

    /// <summary>Says why TensorRT is not built.</summary>
    public void RefuseTensorRt(string? obstacle)
    {
        _obstacle = $"TensorRT is not built, and CUDA serves: {obstacle}";
        _log.Write(BackendLogLevel.Warning, $"{Subject}: {_obstacle}");
    }

    /// <summary>Says why a lane does not run TensorRT.</summary>
    public void ReportWithoutTensorRt(ILane lane, string reason) =>
        _log.Write(BackendLogLevel.Warning, $"{Subject}: CUDA goes on serving on lane {lane.Index}, since no session with TensorRT could be made there: {reason}");

    public void Dispose()
    {
        Build?.Cancel();
        ReleaseFirstSession();
        _sessions.CountArenas();
        _sessions.Dispose();
        Memory.Dispose();
    }

    private OrtHandle? TakeFirstSession(ILane lane, TensorRtPlan? tensorRt)
    {
        ILane? held;
        OrtHandle? session;
        lock (_gate)
        {
            if (_firstLane is null || _firstLane.Streams.Compute != lane.Streams.Compute || _firstPlan != tensorRt)
            {
                return null;
            }

            (held, session) = (_firstLane, _firstSession);
            (_firstLane, _firstSession) = (null, null);
        }

        // The streams stay: the other lane has them too.
        held.Dispose();
        return session;
    }

    private void ReleaseFirstSession()
    {
        ILane? held;
        OrtHandle? session;
        lock (_gate)
        {
            (held, session) = (_firstLane, _firstSession);
            (_firstLane, _firstSession) = (null, null);
        }

        if (session is not null)
        {
            Release(session);
        }

        held?.Dispose();
    }

    private void RefuseStrings(ModelSource source)
    {
        if (Signature.Inputs.Concat(Signature.Outputs).FirstOrDefault(static tensor => tensor.DataType == DataType.Bytes) is { } tensor)
        {
            throw new BackendException(StatusCode.Unsupported, $"{source}: '{tensor.Name}' is a tensor of strings, which no GPU has; expected 'device: cpu' in model.yaml.");
        }
    }
}
