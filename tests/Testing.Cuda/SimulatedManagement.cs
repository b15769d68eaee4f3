using System.Runtime.InteropServices;
using System.Text;
using Camshaft.Backends;
using Camshaft.Backends.Cuda.Monitoring;
using Camshaft.Backends.Cuda.Native;

namespace Camshaft.Testing.Cuda;

/// <summary>
/// NVIDIA's management library without a GPU, one at a time in a process: it says of the devices of <see cref="SimulatedDriver"/> what a test wants.
/// </summary>
public sealed unsafe class SimulatedManagement : IDisposable
{
    private const int Uninitialized = 1;
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

    // Under it: whose turn it is, starts and ends, and calls under way.
    private static readonly object Gate = new();
    private static SimulatedManagement? _current;

    private readonly SimulatedSensors[] _sensors;
    private readonly HashSet<int> _held = [];
    private readonly int[] _callCounts;
    private readonly int[] _passCounts;
    private readonly int[] _readCounts;
    private string? _misuse;

    /// <summary>Becomes the library of this process until it is disposed.</summary>
    /// <param name="sensors">What it says of each device, by ordinal.</param>
    public SimulatedManagement(params ReadOnlySpan<SimulatedSensors> sensors)
    {
        _sensors = [.. sensors];
        _callCounts = new int[_sensors.Length];
        _passCounts = new int[_sensors.Length];
        _readCounts = new int[_sensors.Length];
        if (Interlocked.CompareExchange(ref _current, this, null) is not null)
        {
            throw new InvalidOperationException("There is a simulated management library already; tests with one do not run beside each other.");
        }
    }

    /// <summary>How often it was started and not ended. It counts, as the library does.</summary>
    public int StartCount { get; private set; }

    /// <summary>How often a device was read to the end.</summary>
    public int GetReadCount(int ordinal)
    {
        lock (Gate)
        {
            return _readCounts[ordinal];
        }
    }

    /// <summary>Says something else of a device from now on.</summary>
    public void Set(int ordinal, SimulatedSensors sensors) => Volatile.Write(ref _sensors[ordinal], sensors);

    /// <summary>Lets calls about a device hang from now on, as they do when the driver is stuck.</summary>
    public void Hold(int ordinal)
    {
        lock (Gate)
        {
            _held.Add(ordinal);
        }
    }

    /// <summary>Lets calls about a device go on.</summary>
    public void Release(int ordinal)
    {
        lock (Gate)
        {
            _held.Remove(ordinal);
            Monitor.PulseAll(Gate);
        }
    }

    /// <summary>Lets one call about a device go on; the next ones hang.</summary>
    public void Pass(int ordinal)
    {
        lock (Gate)
        {
            _passCounts[ordinal]++;
            Monitor.PulseAll(Gate);
        }
    }

    /// <summary>Whether a call about a device hangs.</summary>
    public bool Hangs(int ordinal)
    {
        lock (Gate)
        {
            return _held.Contains(ordinal) && _passCounts[ordinal] == 0 && _callCounts[ordinal] > 0;
        }
    }

    /// <summary>Makes a monitor over it.</summary>
    /// <param name="timeProvider">Its clock.</param>
    /// <param name="log">Its log.</param>
    /// <param name="missing">A function that the library lacks; null = none.</param>
    public GpuMonitor CreateMonitor(TimeProvider timeProvider, IBackendLog? log = null, string? missing = null) =>
        new(() => NvmlApi.TryCreate(name => name == missing ? 0 : Functions.GetValueOrDefault(name)), timeProvider, log);

    /// <summary>Lets every call go on, and ends it when everybody has; fails the test when somebody does not, or used it wrongly.</summary>
    public void Dispose()
    {
        lock (Gate)
        {
            _held.Clear();
            Monitor.PulseAll(Gate);
            while (StartCount > 0)
            {
                if (!Monitor.Wait(Gate, TimeSpan.FromMinutes(1)))
                {
                    throw new InvalidOperationException($"The management library was started {StartCount} times more often than it was ended.");
                }
            }

            _current = null;
        }

        if (_misuse is { } misuse)
        {
            throw new InvalidOperationException(misuse);
        }
    }

    [UnmanagedCallersOnly]
    private static int Init()
    {
        lock (Gate)
        {
            if (_current is null)
            {
                return Uninitialized;
            }

            _current.StartCount++;
            return 0;
        }
    }

    [UnmanagedCallersOnly]
    private static int Shutdown()
    {
        lock (Gate)
        {
            var library = _current;
            if (library is not { StartCount: > 0 })
            {
                return NoteUnstarted(library);
            }

            if (--library.StartCount == 0 && library._callCounts.Any(static count => count > 0))
            {
                library._misuse ??= "nvmlShutdown ended the library under a call.";
            }

            Monitor.PulseAll(Gate);
            return 0;
        }
    }

    // As the simulated driver names places: 0000:00:00.0, 0000:01:00.0, …
    [UnmanagedCallersOnly]
    private static int GetHandle(byte* pciBusId, nint* device)
    {
        var text = Marshal.PtrToStringUTF8((nint)pciBusId);
        var library = _current;
        if (library is not { StartCount: > 0 })
        {
            return NoteUnstarted(library);
        }

        var ordinal = library._sensors.Length - 1;
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
        if (Ask(device)?.Uuid is not { } uuid)
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
    private static int GetUtilization(nint device, NvmlUtilization* utilization) => Give(Ask(device)?.Utilization is { } percent ? new NvmlUtilization { Gpu = percent } : null, utilization);

    [UnmanagedCallersOnly]
    private static int GetMemory(nint device, NvmlMemory* memory) =>
        Give(Ask(device)?.Memory is var (total, used) ? new NvmlMemory { Total = total, Free = total - used, Used = used } : null, memory);

    [UnmanagedCallersOnly]
    private static int GetPower(nint device, uint* milliwatts) => Give(Ask(device)?.PowerMilliwatts, milliwatts);

    [UnmanagedCallersOnly]
    private static int GetPowerLimit(nint device, uint* milliwatts) => Give(Ask(device)?.PowerLimitMilliwatts, milliwatts);

    [UnmanagedCallersOnly]
    private static int GetEnergy(nint device, ulong* millijoules) => Give(Ask(device)?.EnergyMillijoules, millijoules);

    [UnmanagedCallersOnly]
    private static int GetTemperature(nint device, int sensor, uint* celsius)
    {
        var sensors = Ask(device);
        lock (Gate)
        {
            // It is asked last.
            if (_current is { } library)
            {
                library._readCounts[device - 1]++;
            }
        }

        return sensor == NvmlApi.ChipSensor ? Give(sensors?.Celsius, celsius) : InvalidArgument;
    }

    // A call about a device: what is to be said of it, once the call goes on. Null = the library was not started.
    private static SimulatedSensors? Ask(nint device)
    {
        var ordinal = (int)device - 1;
        lock (Gate)
        {
            var library = _current;
            if (library is not { StartCount: > 0 })
            {
                _ = NoteUnstarted(library);
                return null;
            }

            library._callCounts[ordinal]++;
            while (library._held.Contains(ordinal) && library._passCounts[ordinal] == 0)
            {
                Monitor.Wait(Gate);
            }

            library._passCounts[ordinal] = Math.Max(0, library._passCounts[ordinal] - 1);

            library._callCounts[ordinal]--;
            return Volatile.Read(ref library._sensors[ordinal]);
        }
    }

    private static int NoteUnstarted(SimulatedManagement? library)
    {
        _ = library?._misuse ??= "A function of the management library was called before its start or after its end.";
        return Uninitialized;
    }

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
