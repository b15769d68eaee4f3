using System.Runtime.InteropServices;
using System.Text;
using Camshaft.Backends.Cuda.Monitoring;
using Camshaft.Backends.Cuda.Native;

namespace Camshaft.Testing.Cuda;

/// <summary>
/// NVIDIA's management library without a GPU, one at a time in a process: it says of the devices of <see cref="SimulatedDriver"/> what a test wants.
/// </summary>
public sealed unsafe class SimulatedManagement : IDisposable
{
    private const int InvalidArgument = 2;
    private const int NotSupported = 3;
    private const int NotFound = 6;

    private static readonly Dictionary<string, nint> Functions = new(StringComparer.Ordinal)
    {
        ["nvmlInit_v2"] = (nint)(delegate* unmanaged<int>)&Init,
        ["nvmlShutdown"] = (nint)(delegate* unmanaged<int>)&Shutdown,
        ["nvmlDeviceGetHandleByPciBusId_v2"] = (nint)(delegate* unmanaged<byte*, nint*, int>)&GetHandle,
        ["nvmlDeviceGetUUID"] = (nint)(delegate* unmanaged<nint, byte*, uint, int>)&GetUuid,
        ["nvmlDeviceGetUtilizationRates"] = (nint)(delegate* unmanaged<nint, NvmlUtilization*, int>)&GetUtilization,
        ["nvmlDeviceGetMemoryInfo"] = (nint)(delegate* unmanaged<nint, NvmlMemory*, int>)&GetMemory,
        ["nvmlDeviceGetPowerUsage"] = (nint)(delegate* unmanaged<nint, uint*, int>)&GetPower,
        ["nvmlDeviceGetPowerManagementLimit"] = (nint)(delegate* unmanaged<nint, uint*, int>)&GetPowerLimit,
        ["nvmlDeviceGetTotalEnergyConsumption"] = (nint)(delegate* unmanaged<nint, ulong*, int>)&GetEnergy,
        ["nvmlDeviceGetTemperature"] = (nint)(delegate* unmanaged<nint, int, uint*, int>)&GetTemperature,
    };

    private static SimulatedManagement? _current;

    private readonly SimulatedSensors[] _sensors;

    /// <summary>Becomes the library of this process until it is disposed.</summary>
    /// <param name="sensors">What it says of each device, by ordinal.</param>
    public SimulatedManagement(params ReadOnlySpan<SimulatedSensors> sensors)
    {
        _sensors = [.. sensors];
        if (Interlocked.CompareExchange(ref _current, this, null) is not null)
        {
            throw new InvalidOperationException("There is a simulated management library already; tests with one do not run beside each other.");
        }
    }

    /// <summary>How often it was started and not ended.</summary>
    public int StartCount { get; private set; }

    /// <summary>Says something else of a device from now on.</summary>
    public void Set(int ordinal, SimulatedSensors sensors) => Volatile.Write(ref _sensors[ordinal], sensors);

    /// <summary>Starts a monitor over it.</summary>
    /// <param name="missing">A function that it lacks; null = none.</param>
    /// <returns>Null when it lacks one.</returns>
    public GpuMonitor? TryStart(string? missing = null) => GpuMonitor.TryStart(NvmlApi.TryCreate(name => name == missing ? 0 : Functions.GetValueOrDefault(name)));

    /// <summary>Ends it.</summary>
    public void Dispose() => Volatile.Write(ref _current, null);

    [UnmanagedCallersOnly]
    private static int Init()
    {
        _current!.StartCount++;
        return 0;
    }

    [UnmanagedCallersOnly]
    private static int Shutdown()
    {
        _current!.StartCount--;
        return 0;
    }

    // As the simulated driver names places: 0000:00:00.0, 0000:01:00.0, …
    [UnmanagedCallersOnly]
    private static int GetHandle(byte* pciBusId, nint* device)
    {
        var text = Marshal.PtrToStringUTF8((nint)pciBusId);
        var ordinal = _current!._sensors.Length - 1;
        while (ordinal >= 0 && text != $"0000:0{ordinal}:00.0")
        {
            ordinal--;
        }

        *device = ordinal + 1;
        return ordinal >= 0 ? 0 : NotFound;
    }

    [UnmanagedCallersOnly]
    private static int GetUuid(nint device, byte* text, uint byteSize)
    {
        if (Find(device).Uuid is not { } uuid)
        {
            return NotSupported;
        }

        if (uuid.Length >= byteSize)
        {
            return InvalidArgument;
        }

        text[Encoding.ASCII.GetBytes(uuid, new Span<byte>(text, (int)byteSize))] = 0;
        return 0;
    }

    [UnmanagedCallersOnly]
    private static int GetUtilization(nint device, NvmlUtilization* utilization) => Give(Find(device).Utilization is { } percent ? new NvmlUtilization { Gpu = percent } : null, utilization);

    [UnmanagedCallersOnly]
    private static int GetMemory(nint device, NvmlMemory* memory) =>
        Give(Find(device).Memory is var (total, used) ? new NvmlMemory { Total = total, Free = total - used, Used = used } : null, memory);

    [UnmanagedCallersOnly]
    private static int GetPower(nint device, uint* milliwatts) => Give(Find(device).PowerMilliwatts, milliwatts);

    [UnmanagedCallersOnly]
    private static int GetPowerLimit(nint device, uint* milliwatts) => Give(Find(device).PowerLimitMilliwatts, milliwatts);

    [UnmanagedCallersOnly]
    private static int GetEnergy(nint device, ulong* millijoules) => Give(Find(device).EnergyMillijoules, millijoules);

    [UnmanagedCallersOnly]
    private static int GetTemperature(nint device, int sensor, uint* celsius) => sensor == NvmlApi.ChipSensor ? Give(Find(device).Celsius, celsius) : InvalidArgument;

    private static SimulatedSensors Find(nint device) => Volatile.Read(ref _current!._sensors[device - 1]);

    // What a GPU does not tell is left as it was, as the library does.
    private static int Give<T>(T? value, T* into) where T : unmanaged
    {
        if (value is not { } known)
        {
            return NotSupported;
        }

        *into = known;
        return 0;
    }
}
