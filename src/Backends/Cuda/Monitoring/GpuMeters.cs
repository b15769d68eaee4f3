using System.Diagnostics.Metrics;
using Camshaft.Backends.Cuda.Devices;

namespace Camshaft.Backends.Cuda.Monitoring;

/// <summary>
/// The GPUs' numbers as instruments, read when somebody collects them: <c>camshaft.gpu.*</c>, each with the tag <c>gpu</c>. What only
/// the management library knows is missing without it.
/// </summary>
public sealed class GpuMeters : IDisposable
{
    /// <summary>The meter's name.</summary>
    public const string MeterName = "Camshaft.Gpu";

    private readonly Meter _meter;
    private readonly Func<IReadOnlyList<CudaDevice>> _listDevices;
    private readonly GpuMonitor? _monitor;

    /// <summary>Makes the instruments.</summary>
    /// <param name="meterFactory">Makes the meter.</param>
    /// <param name="listDevices">Lists the GPUs, each time that somebody collects.</param>
    /// <param name="monitor">Reads them; disposed with this. Null = there is none.</param>
    public GpuMeters(IMeterFactory meterFactory, Func<IReadOnlyList<CudaDevice>> listDevices, GpuMonitor? monitor)
    {
        ArgumentNullException.ThrowIfNull(meterFactory);
        _meter = meterFactory.Create(MeterName);
        _listDevices = listDevices;
        _monitor = monitor;
        Add("camshaft.gpu.memory.models", "By", "Bytes of the GPU's memory that models and their batches take.", static (device, _) => device.UsedByteSize);
        Add("camshaft.gpu.memory.limit", "By", "Bytes of the GPU's memory that models and their batches may take.", static (device, _) => device.BudgetByteSize);
        Add("camshaft.gpu.failed", "{gpu}", "1 when the GPU has failed and works again only after a restart.", static (device, _) => device.Fault is null ? 0 : 1);
        Add("camshaft.gpu.utilization", "1", "In which part of the last sample period a kernel ran, 0 to 1.", static (_, reading) => reading.Utilization);
        Add("camshaft.gpu.memory.used", "By", "Bytes of the GPU's memory that are used, by whomever.", static (_, reading) => reading.MemoryUsedBytes);
        Add("camshaft.gpu.power", "W", "What the GPU draws.", static (_, reading) => reading.PowerWatts);
        Add("camshaft.gpu.temperature", "Cel", "The chip's temperature.", static (_, reading) => reading.TemperatureCelsius);
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        _meter.Dispose();
        _monitor?.Dispose();
    }

    private void Add(string name, string unit, string description, Func<CudaDevice, GpuReading, double?> get) =>
        _meter.CreateObservableGauge(name, () => Observe(get), unit, description);

    private IEnumerable<Measurement<double>> Observe(Func<CudaDevice, GpuReading, double?> get)
    {
        foreach (var device in _listDevices())
        {
            if (get(device, _monitor?.Read(device.PciBusId) ?? default) is { } value)
            {
                yield return new Measurement<double>(value, new KeyValuePair<string, object?>("gpu", device.Ordinal));
            }
        }
    }
}
