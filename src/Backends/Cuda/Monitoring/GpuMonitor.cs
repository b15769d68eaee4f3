using System.Runtime.InteropServices;
using Camshaft.Backends.Cuda.Native;

namespace Camshaft.Backends.Cuda.Monitoring;

/// <summary>Reads what GPUs say of themselves, by NVIDIA's management library where it is there. Any thread; from its start to <see cref="Dispose"/>.</summary>
public sealed unsafe class GpuMonitor : IDisposable
{
    private readonly NvmlApi _api;
    private readonly Lock _gate = new();
    private bool _isEnded;

    private GpuMonitor(NvmlApi api) => _api = api;

    /// <summary>Starts the system's library.</summary>
    /// <returns>Null when there is none, or it does not start: the GPUs work without it.</returns>
    public static GpuMonitor? TryStart() => TryStart(NvmlApi.TryLoad());

    /// <summary>Reads a GPU. Its energy counts from the loading of its driver.</summary>
    /// <param name="pciBusId">Where it sits.</param>
    public AcceleratorReading Read(string pciBusId)
    {
        lock (_gate)
        {
            return _isEnded || FindDevice(pciBusId) is not { } device ? default : Read(device);
        }
    }

    /// <summary>Ends it; what is read from then on is nothing.</summary>
    public void Dispose()
    {
        lock (_gate)
        {
            if (!_isEnded)
            {
                _isEnded = true;
                _ = _api.Shutdown();
            }
        }
    }

    internal static GpuMonitor? TryStart(NvmlApi? api) => api is not null && api.Init() == 0 ? new GpuMonitor(api) : null;

    private nint? FindDevice(string pciBusId)
    {
        nint device;
        var text = Marshal.StringToCoTaskMemUTF8(pciBusId);
        try
        {
            return _api.DeviceGetHandleByPciBusId((byte*)text, &device) == 0 ? device : null;
        }
        finally
        {
            Marshal.FreeCoTaskMem(text);
        }
    }

    private AcceleratorReading Read(nint device)
    {
        NvmlUtilization utilization;
        NvmlMemory memory;
        uint milliwatts, limit, celsius;
        ulong millijoules;
        var isMemoryKnown = _api.DeviceGetMemoryInfo(device, &memory) == 0;
        return new AcceleratorReading
        {
            UniqueId = ReadUuid(device),
            Utilization = _api.DeviceGetUtilizationRates(device, &utilization) == 0 ? utilization.Gpu / 100.0 : null,
            MemoryByteSize = isMemoryKnown ? (long)memory.Total : null,
            UsedMemoryByteSize = isMemoryKnown ? (long)memory.Used : null,
            PowerWatts = _api.DeviceGetPowerUsage(device, &milliwatts) == 0 ? milliwatts / 1000.0 : null,
            PowerLimitWatts = _api.DeviceGetPowerLimit(device, &limit) == 0 ? limit / 1000.0 : null,
            EnergyJoules = _api.DeviceGetTotalEnergy(device, &millijoules) == 0 ? millijoules / 1000.0 : null,
            TemperatureCelsius = _api.DeviceGetTemperature(device, NvmlApi.ChipSensor, &celsius) == 0 ? celsius : null,
        };
    }

    private string? ReadUuid(nint device)
    {
        var text = stackalloc byte[NvmlApi.UuidByteSize];
        return _api.DeviceGetUuid(device, text, NvmlApi.UuidByteSize) == 0 ? Marshal.PtrToStringUTF8((nint)text) : null;
    }
}
