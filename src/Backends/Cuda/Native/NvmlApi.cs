using System.Runtime.InteropServices;

namespace Camshaft.Backends.Cuda.Native;

/// <summary>
/// The functions of NVIDIA's management library that Camshaft calls, typed; the signatures are those of nvml.h. Each returns 0 when it
/// has succeeded. The library behind a table is never unloaded.
/// </summary>
internal sealed unsafe class NvmlApi
{
    /// <summary>The sensor of the chip itself (<c>NVML_TEMPERATURE_GPU</c>).</summary>
    public const int ChipSensor = 0;

    /// <summary>The bytes of the longest UUID, its end included (<c>NVML_DEVICE_UUID_V2_BUFFER_SIZE</c>).</summary>
    public const int UuidByteSize = 96;

    public readonly delegate* unmanaged<int> Init;
    public readonly delegate* unmanaged<int> Shutdown;
    public readonly delegate* unmanaged<byte*, nint*, int> DeviceGetHandleByPciBusId;
    public readonly delegate* unmanaged<nint, byte*, uint, int> DeviceGetUuid;
    public readonly delegate* unmanaged<nint, NvmlUtilization*, int> DeviceGetUtilizationRates;
    public readonly delegate* unmanaged<nint, NvmlMemory*, int> DeviceGetMemoryInfo;
    public readonly delegate* unmanaged<nint, uint*, int> DeviceGetPowerUsage;
    public readonly delegate* unmanaged<nint, uint*, int> DeviceGetPowerLimit;
    public readonly delegate* unmanaged<nint, ulong*, int> DeviceGetTotalEnergy;
    public readonly delegate* unmanaged<nint, int, uint*, int> DeviceGetTemperature;

    private NvmlApi(Func<string, nint> find)
    {
        Init = (delegate* unmanaged<int>)find("nvmlInit_v2");
        Shutdown = (delegate* unmanaged<int>)find("nvmlShutdown");
        DeviceGetHandleByPciBusId = (delegate* unmanaged<byte*, nint*, int>)find("nvmlDeviceGetHandleByPciBusId_v2");
        DeviceGetUuid = (delegate* unmanaged<nint, byte*, uint, int>)find("nvmlDeviceGetUUID");
        DeviceGetUtilizationRates = (delegate* unmanaged<nint, NvmlUtilization*, int>)find("nvmlDeviceGetUtilizationRates");
        DeviceGetMemoryInfo = (delegate* unmanaged<nint, NvmlMemory*, int>)find("nvmlDeviceGetMemoryInfo");
        DeviceGetPowerUsage = (delegate* unmanaged<nint, uint*, int>)find("nvmlDeviceGetPowerUsage");
        DeviceGetPowerLimit = (delegate* unmanaged<nint, uint*, int>)find("nvmlDeviceGetPowerManagementLimit");
        DeviceGetTotalEnergy = (delegate* unmanaged<nint, ulong*, int>)find("nvmlDeviceGetTotalEnergyConsumption");
        DeviceGetTemperature = (delegate* unmanaged<nint, int, uint*, int>)find("nvmlDeviceGetTemperature");
    }

    private bool IsComplete => Init is not null && Shutdown is not null && DeviceGetHandleByPciBusId is not null && DeviceGetUuid is not null && DeviceGetUtilizationRates is not null
        && DeviceGetMemoryInfo is not null && DeviceGetPowerUsage is not null && DeviceGetPowerLimit is not null && DeviceGetTotalEnergy is not null && DeviceGetTemperature is not null;

    /// <summary>Loads the system's library.</summary>
    /// <returns>Null when there is none; it is optional.</returns>
    public static NvmlApi? TryLoad() =>
        NativeLibrary.TryLoad(OperatingSystem.IsWindows() ? "nvml.dll" : "libnvidia-ml.so.1", out var library)
            ? TryCreate(name => NativeLibrary.TryGetExport(library, name, out var address) ? address : 0)
            : null;

    /// <summary>Fills a table.</summary>
    /// <param name="find">Finds a function by its name; 0 = there is none.</param>
    /// <returns>Null when a function is missing.</returns>
    public static NvmlApi? TryCreate(Func<string, nint> find) => new NvmlApi(find) is { IsComplete: true } api ? api : null;
}
