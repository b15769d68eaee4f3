using Camshaft.Backends.Cuda.Native;

namespace Camshaft.Backends.Cuda.Monitoring;

/// <summary>
/// Has GPUs watched by NVIDIA's management library where it is there: each has a thread that reads its sensors, so that a GPU which
/// makes the library hang holds up nobody else. Any thread; ends with <see cref="Dispose"/>, which waits for none of them.
/// </summary>
public sealed class GpuMonitor : IDisposable
{
    private readonly Func<NvmlApi?> _load;
    private readonly TimeProvider _timeProvider;
    private readonly IBackendLog? _log;
    private readonly Lock _gate = new();
    private readonly List<GpuSensors> _sensors = [];
    private bool _isEnded;

    /// <summary>Will watch by the system's library.</summary>
    /// <param name="timeProvider">The clock.</param>
    /// <param name="log">Is told when sensors do not answer, and when they answer again; null = nobody is.</param>
    public GpuMonitor(TimeProvider timeProvider, IBackendLog? log = null)
        : this(NvmlApi.TryLoad, timeProvider, log)
    {
    }

    internal GpuMonitor(Func<NvmlApi?> load, TimeProvider timeProvider, IBackendLog? log)
    {
        _load = load;
        _timeProvider = timeProvider;
        _log = log;
    }

    /// <summary>Ends it; what is read from then on is nothing.</summary>
    public void Dispose()
    {
        lock (_gate)
        {
            _isEnded = true;
            _sensors.ForEach(static sensors => sensors.Dispose());
            _sensors.Clear();
        }
    }

    /// <summary>Watches a GPU until the sensors are disposed, or the monitor is.</summary>
    /// <param name="ordinal">Its number.</param>
    /// <param name="pciBusId">Where it sits.</param>
    internal GpuSensors Watch(int ordinal, string pciBusId)
    {
        lock (_gate)
        {
            ObjectDisposedException.ThrowIf(_isEnded, this);
            var sensors = new GpuSensors($"GPU {ordinal}", () => ManagementSession.TryStart(_load(), pciBusId), _timeProvider, _log);
            _sensors.Add(sensors);
            sensors.Start($"camshaft-gpu-{ordinal}");
            return sensors;
        }
    }
}
