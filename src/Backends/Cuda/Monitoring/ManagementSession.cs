using System.Runtime.InteropServices;
using System.Text;
using Camshaft.Backends.Cuda.Native;

namespace Camshaft.Backends.Cuda.Monitoring;

/// <summary>
/// NVIDIA's management library, started and asked about one GPU. Of one thread, since any call may take seconds, its start and its end
/// too. The library counts who has started it and ends with the last, so no session ends it under another's call.
/// </summary>
internal sealed unsafe class ManagementSession : IDisposable
{
    private readonly NvmlApi _api;
    private readonly byte[] _pciBusId;
    private string? _uniqueId;

    private ManagementSession(NvmlApi api, string pciBusId)
    {
        _api = api;
        _pciBusId = Encoding.UTF8.GetBytes($"{pciBusId}\0");
    }

    /// <summary>Starts the library.</summary>
    /// <param name="api">It; null = there is none.</param>
    /// <param name="pciBusId">Where the GPU sits.</param>
    /// <returns>Null when there is none, or it does not start: the GPU works without it.</returns>
    public static ManagementSession? TryStart(NvmlApi? api, string pciBusId) => api is not null && api.Init() == 0 ? new ManagementSession(api, pciBusId) : null;

    /// <summary>Reads the GPU. Its energy counts from the loading of its driver.</summary>
    public AcceleratorReading Read()
    {
        nint device;
        fixed (byte* pciBusId = _pciBusId)
        {
            return _api.DeviceGetHandleByPciBusId(pciBusId, &device) == 0 ? Read(device) : default;
        }
    }

    /// <summary>Ends the library, unless another session has it.</summary>
    public void Dispose() => _ = _api.Shutdown();

    private AcceleratorReading Read(nint device)
    {
        NvmlUtilization utilization;
        NvmlMemory memory;
        uint milliwatts, limit, celsius;
        ulong millijoules;
        var isMemoryKnown = _api.DeviceGetMemoryInfo(device, &memory) == 0;
        return new AcceleratorReading
        {
            UniqueId = _uniqueId ??= ReadUuid(device),
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
