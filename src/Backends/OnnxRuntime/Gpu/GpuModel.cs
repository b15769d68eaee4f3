using System.Diagnostics;
using System.Globalization;
using Camshaft.Backends.OnnxRuntime.Native;

namespace Camshaft.Backends.OnnxRuntime.Gpu;

/// <summary>
/// A model on a GPU: a session for each lane that runs it, since a session is tied to its stream; so each lane has the weights. The first
/// session is made by the load, which fails where a lane would, and goes to the first lane of its stream.
/// </summary>
internal sealed class GpuModel : ILoadedModel
{
    private readonly Func<nint, OrtHandle> _createSession;
    private readonly IAcceleratorShare _share;
    private readonly OrtHandle _arenaMemory;
    private readonly IBackendLog _log;
    private readonly Lock _gate = new();
    private readonly List<OrtHandle> _sessions = [];
    private ILane? _firstLane;
    private OrtHandle? _firstSession;
    private volatile bool _distrustsSymbols;

    /// <summary>Loads it.</summary>
    /// <param name="environment">The library.</param>
    /// <param name="source">The model.</param>
    /// <param name="share">Its part of the GPU.</param>
    /// <param name="memoryName">ONNX Runtime's name of the GPU's memory.</param>
    /// <param name="recordsGraphs">Whether runs are recorded as CUDA graphs.</param>
    /// <param name="createSession">Makes a session on a stream.</param>
    /// <param name="log">Where messages go.</param>
    /// <exception cref="BackendException">ONNX Runtime cannot run it, or it has tensors that no GPU has.</exception>
    public GpuModel(OrtEnvironment environment, ModelSource source, IAcceleratorShare share, string memoryName, bool recordsGraphs, Func<nint, OrtHandle> createSession, IBackendLog log)
    {
        Api = environment.Api;
        Allocator = environment.DefaultAllocator;
        Subject = source.ToString();
        _share = share;
        Driver = new GpuDriver(share.Accelerator);
        RecordsGraphs = recordsGraphs;
        Recordings = share.Accelerator.Recordings;
        _createSession = createSession;
        _log = log;
        Memory = environment.CreateMemoryInfo(memoryName, OrtAllocatorType.Device, share.Ordinal);
        _arenaMemory = environment.CreateMemoryInfo(memoryName, OrtAllocatorType.Arena, share.Ordinal);
        try
        {
            if (recordsGraphs)
            {
                share.SeparateLanes();
            }

            _firstLane = share.CreateLane(0);
            _firstSession = CreateSession(_firstLane);
            Signature = new SignatureReader(environment, _firstSession, source).Read();
            RefuseStrings(source);
            if (recordsGraphs)
            {
                new GraphObstacles(environment, _firstSession, memoryName).Refuse(source, Signature);
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

    /// <summary>Copies inside it.</summary>
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
            CountArenas();
            return default;
        }
    }

    public IModelInstance CreateInstance(ILane lane)
    {
        var accelerated = lane as IAcceleratorLane ?? throw new BackendException(StatusCode.Unsupported, $"{Subject}: lane {lane.Index} of '{lane.Device.Name}' is none of a GPU.");
        return new GpuInstance(this, accelerated, TakeFirstSession(lane) ?? CreateSession(lane));
    }

    /// <summary>Ends a session of an instance.</summary>
    public void Release(OrtHandle session)
    {
        Recordings?.EnterLongCall();
        try
        {
            // Not while its arena is looked at.
            lock (_gate)
            {
                session.Dispose();
            }
        }
        finally
        {
            Recordings?.ExitLongCall();
        }

        CountArenas();
    }

    /// <summary>Says why a batch was not recorded that was to be.</summary>
    public void ReportUnrecorded(string reason) =>
        _log.Write(BackendLogLevel.Warning, $"{Subject}: a run could not be recorded as a CUDA graph, and batches of its shapes are run as they are: {reason}");

    public void Dispose()
    {
        if (_firstSession is not null)
        {
            Release(_firstSession);
        }

        _firstLane?.Dispose();
        _arenaMemory.Dispose();
        Memory.Dispose();
    }

    private OrtHandle? TakeFirstSession(ILane lane)
    {
        ILane? held;
        OrtHandle? session;
        lock (_gate)
        {
            if (_firstLane is null || _firstLane.Streams.Compute != lane.Streams.Compute)
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

    private OrtHandle CreateSession(ILane lane)
    {
        var started = Stopwatch.GetTimestamp();
        OrtHandle session;
        Recordings?.EnterLongCall();
        try
        {
            session = _createSession(lane.Streams.Compute);
        }
        finally
        {
            Recordings?.ExitLongCall();
        }

        lock (_gate)
        {
            _sessions.Add(session);
        }

        CountArenas();
        _log.Write(
            BackendLogLevel.Information,
            string.Create(CultureInfo.InvariantCulture, $"{Subject}: a session for lane {lane.Index} of '{lane.Device.Name}' was made in {Stopwatch.GetElapsedTime(started).TotalSeconds:F1} s."));
        return session;
    }

    private void CountArenas()
    {
        lock (_gate)
        {
            _sessions.RemoveAll(static session => session.IsClosed);
            _share.ForeignByteSize = _sessions.Sum(session => OrtArena.ReadByteSize(Api, session, _arenaMemory));
        }
    }

    private void RefuseStrings(ModelSource source)
    {
        if (Signature.Inputs.Concat(Signature.Outputs).FirstOrDefault(static tensor => tensor.DataType == DataType.Bytes) is { } tensor)
        {
            throw new BackendException(StatusCode.Unsupported, $"{source}: '{tensor.Name}' is a tensor of strings, which no GPU has; expected 'device: cpu' in model.yaml.");
        }
    }
}
