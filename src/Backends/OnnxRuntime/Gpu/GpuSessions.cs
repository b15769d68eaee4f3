using System.Diagnostics;
using System.Globalization;
using Camshaft.Backends.OnnxRuntime.Gpu.TensorRt;
using Camshaft.Backends.OnnxRuntime.Native;

namespace Camshaft.Backends.OnnxRuntime.Gpu;

/// <summary>The sessions that a model's lanes have, kept apart from recordings, and what their arenas hold on the account of the share. Any thread.</summary>
internal sealed class GpuSessions : IDisposable
{
    private readonly SessionMaker _maker;
    private readonly IAcceleratorShare _share;
    private readonly IBackendLog _log;
    private readonly OrtHandle _arenaMemory;
    private readonly Lock _gate = new();
    private readonly List<OrtHandle> _sessions = [];

    /// <param name="maker">Makes them.</param>
    /// <param name="share">The model's part of the GPU.</param>
    /// <param name="memoryName">ONNX Runtime's name of the GPU's memory.</param>
    /// <param name="log">Where messages go.</param>
    public GpuSessions(SessionMaker maker, IAcceleratorShare share, string memoryName, IBackendLog log)
    {
        _maker = maker;
        _share = share;
        _log = log;
        _arenaMemory = maker.Environment.CreateMemoryInfo(memoryName, OrtAllocatorType.Arena, share.Ordinal);
    }

    /// <summary>Makes a session for a lane; <see cref="Release"/> it.</summary>
    /// <exception cref="BackendException">ONNX Runtime cannot run the model so.</exception>
    public OrtHandle Create(ILane lane, TensorRtPlan? tensorRt, CancellationToken cancellationToken)
    {
        var started = Stopwatch.GetTimestamp();
        OrtHandle session;
        using (new LongCall(_share.Accelerator.Recordings))
        {
            session = _maker.Create(lane.Streams.Compute, tensorRt, cancellationToken);
        }

        lock (_gate)
        {
            _sessions.Add(session);
        }

        CountArenas();
        var provider = tensorRt is null ? "" : ", with TensorRT,";
        _log.Write(
            BackendLogLevel.Information,
            string.Create(CultureInfo.InvariantCulture, $"{_maker.Source}: a session for lane {lane.Index} of '{lane.Device.Name}'{provider} was made in {Stopwatch.GetElapsedTime(started).TotalSeconds:F1} s."));
        return session;
    }

    /// <summary>Ends a session.</summary>
    public void Release(OrtHandle session)
    {
        // From here on its arena is not looked at; and whoever looks at others does not wait for a device that takes long to end it.
        lock (_gate)
        {
            _sessions.Remove(session);
        }

        using (new LongCall(_share.Accelerator.Recordings))
        {
            session.Dispose();
        }

        CountArenas();
    }

    /// <summary>Says to the share what the arenas hold.</summary>
    public void CountArenas()
    {
        lock (_gate)
        {
            _share.ForeignByteSize = _sessions.Sum(session => OrtArena.ReadByteSize(_maker.Environment.Api, session, _arenaMemory));
        }
    }

    public void Dispose() => _arenaMemory.Dispose();
}
