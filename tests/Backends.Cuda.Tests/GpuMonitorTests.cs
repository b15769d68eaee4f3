using System.Diagnostics.Metrics;
using System.Runtime.InteropServices;
using Camshaft.Backends.Cuda.Monitoring;
using Camshaft.Backends.Cuda.Native;
using Camshaft.Backends.Cuda.Tests.Devices;

namespace Camshaft.Backends.Cuda.Tests;

/// <summary>The monitor over a management library in C#, which knows one GPU that does not tell its power.</summary>
public sealed unsafe class GpuMonitorTests : IMeterFactory
{
    private const int NotFound = 6;
    private const int NotSupported = 3;

    private static int _started;

    private readonly List<Meter> _meters = [];

    private static Dictionary<string, nint> Functions => new()
    {
        ["nvmlInit_v2"] = (nint)(delegate* unmanaged<int>)&Init,
        ["nvmlShutdown"] = (nint)(delegate* unmanaged<int>)&Shutdown,
        ["nvmlDeviceGetHandleByPciBusId_v2"] = (nint)(delegate* unmanaged<byte*, nint*, int>)&GetHandle,
        ["nvmlDeviceGetUtilizationRates"] = (nint)(delegate* unmanaged<nint, NvmlUtilization*, int>)&GetUtilization,
        ["nvmlDeviceGetMemoryInfo"] = (nint)(delegate* unmanaged<nint, NvmlMemory*, int>)&GetMemory,
        ["nvmlDeviceGetPowerUsage"] = (nint)(delegate* unmanaged<nint, uint*, int>)&GetPower,
        ["nvmlDeviceGetTemperature"] = (nint)(delegate* unmanaged<nint, int, uint*, int>)&GetTemperature,
    };

    [Fact]
    public void A_reading_has_what_the_library_says_and_nothing_else()
    {
        using var monitor = Start();

        Assert.Equal(new GpuReading { Utilization = 0.75, MemoryUsedBytes = 1000, TemperatureCelsius = 61 }, monitor.Read("0000:00:00.0"));
        Assert.Equal(default, monitor.Read("0000:99:00.0"));
    }

    [Fact]
    public void A_library_that_lacks_a_function_is_none()
    {
        var functions = Functions;
        functions.Remove("nvmlDeviceGetTemperature");

        Assert.Null(GpuMonitor.TryStart(NvmlApi.TryCreate(name => functions.GetValueOrDefault(name))));
    }

    [Fact]
    public void A_monitor_ends_once_and_reads_nothing_after()
    {
        var monitor = Start();
        monitor.Dispose();
        monitor.Dispose();

        Assert.Equal(0, _started);
        Assert.Equal(default, monitor.Read("0000:00:00.0"));
    }

    [Fact]
    public void Instruments_have_the_devices_numbers_and_the_librarys()
    {
        using var gpu = new Gpu();
        using var share = gpu.Device.Open(new AcceleratorTerms("model"));
        var address = share.Allocate(512);
        using var meters = new GpuMeters(this, () => [gpu.Device], Start());

        Assert.Equal(
            new Dictionary<string, double>
            {
                ["camshaft.gpu.memory.models"] = 512,
                ["camshaft.gpu.memory.limit"] = gpu.Device.BudgetByteSize,
                ["camshaft.gpu.failed"] = 0,
                ["camshaft.gpu.utilization"] = 0.75,
                ["camshaft.gpu.memory.used"] = 1000,
                ["camshaft.gpu.temperature"] = 61,
            },
            Collect());
        share.Free(address);
    }

    Meter IMeterFactory.Create(MeterOptions options)
    {
        _meters.Add(new Meter(options));
        return _meters[^1];
    }

    void IDisposable.Dispose() => _meters.ForEach(static meter => meter.Dispose());

    private static GpuMonitor Start() => GpuMonitor.TryStart(NvmlApi.TryCreate(static name => Functions.GetValueOrDefault(name)))!;

    private Dictionary<string, double> Collect()
    {
        var values = new Dictionary<string, double>();
        using var listener = new MeterListener();
        listener.InstrumentPublished = (instrument, self) =>
        {
            if (_meters.Contains(instrument.Meter))
            {
                self.EnableMeasurementEvents(instrument);
            }
        };
        listener.SetMeasurementEventCallback<double>((instrument, value, tags, _) =>
        {
            Assert.Equal("gpu", tags[0].Key);
            values.Add(instrument.Name, value);
        });
        listener.Start();
        listener.RecordObservableInstruments();
        return values;
    }

    [UnmanagedCallersOnly]
    private static int Init()
    {
        _started++;
        return 0;
    }

    [UnmanagedCallersOnly]
    private static int Shutdown()
    {
        _started--;
        return 0;
    }

    [UnmanagedCallersOnly]
    private static int GetHandle(byte* pciBusId, nint* device)
    {
        *device = 7;
        return Marshal.PtrToStringUTF8((nint)pciBusId) == "0000:00:00.0" ? 0 : NotFound;
    }

    [UnmanagedCallersOnly]
    private static int GetUtilization(nint device, NvmlUtilization* utilization)
    {
        *utilization = new NvmlUtilization { Gpu = 75, Memory = 20 };
        return 0;
    }

    [UnmanagedCallersOnly]
    private static int GetMemory(nint device, NvmlMemory* memory)
    {
        *memory = new NvmlMemory { Total = 4000, Free = 3000, Used = 1000 };
        return 0;
    }

    [UnmanagedCallersOnly]
    private static int GetPower(nint device, uint* milliwatts) => NotSupported;

    [UnmanagedCallersOnly]
    private static int GetTemperature(nint device, int sensor, uint* celsius)
    {
        *celsius = 61;
        return 0;
    }
}
