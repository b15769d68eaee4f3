using System.CommandLine;
using System.Globalization;
using System.Text.Json;
using Camshaft.Backends.Cuda;
using Camshaft.Server.Output;

namespace Camshaft.Server.CommandLine;

/// <summary><c>camshaft devices</c>: what models can run on here, without taking hold of any of it.</summary>
internal sealed class DevicesCommand : DocumentedCommand
{
    private readonly OutputOption _output = new();
    private readonly Func<CudaDriver> _loadDriver;

    /// <param name="loadDriver">Loads NVIDIA's driver, or says why it cannot.</param>
    public DevicesCommand(Func<CudaDriver> loadDriver)
        : base("devices", "Lists what models can run on here: the processors, and NVIDIA's GPUs or why there are none.", "camshaft devices", "camshaft devices --output json")
    {
        _loadDriver = loadDriver;
        Add(_output);
        SetAction(Write);
    }

    private void Write(ParseResult result)
    {
        var output = result.InvocationConfiguration.Output;
        var gpus = FindGpus(out var driver, out var missing);
        if (_output.IsJson(result))
        {
            output.WriteLine(JsonSerializer.Serialize(new DeviceList(Environment.ProcessorCount, driver?.Version, driver?.HasGreenContexts ?? false, missing, gpus), CommandJson.Options));
            return;
        }

        var table = new Table("DEVICE", "NAME", "MEMORY", "MULTIPROCESSORS", "COMPUTE", "PCI", "REASON");
        table.Add("cpu:0", $"{Environment.ProcessorCount} processors", "-", "-", "-", "-", "");
        foreach (var gpu in gpus)
        {
            table.Add(
                gpu.Device,
                gpu.Name ?? "-",
                gpu.MemoryByteSize is { } bytes ? string.Create(CultureInfo.InvariantCulture, $"{bytes >> 20} MiB") : "-",
                gpu.Multiprocessors?.ToString(CultureInfo.InvariantCulture) ?? "-",
                gpu.ComputeCapability ?? "-",
                gpu.PciBusId ?? "-",
                gpu.Reason ?? "");
        }

        table.Write(output);
        output.WriteLine();
        output.WriteLine(missing is not null ? $"No GPU: {missing}." : $"NVIDIA's driver knows CUDA {driver!.Version}{(driver.HasGreenContexts ? "" : ", which has no green contexts: no 'device_share'")}.");
    }

    private List<Gpu> FindGpus(out CudaDriver? driver, out string? missing)
    {
        (driver, missing) = (null, null);
        try
        {
            driver = _loadDriver();
            missing = driver.DeviceCount > 0 ? null : "the NVIDIA driver shows none to this process";
            var found = driver;
            return [.. Enumerable.Range(0, driver.DeviceCount).Select(ordinal => Describe(found, ordinal))];
        }
        catch (CudaUnavailableException exception)
        {
            missing = exception.Message;
            return [];
        }
    }

    private static Gpu Describe(CudaDriver driver, int ordinal)
    {
        var device = string.Create(CultureInfo.InvariantCulture, $"cuda:{ordinal}");
        try
        {
            var info = driver.Describe(ordinal);
            return new Gpu(
                device, info.Name, info.MemoryByteSize, info.MultiprocessorCount, info.ComputeCapability.ToString(), info.PciBusId, info.HasMemoryPools ? null : "it has no stream-ordered memory");
        }
        catch (CudaException exception)
        {
            return new Gpu(device, null, null, null, null, null, exception.Message);
        }
    }

    private sealed record DeviceList(int Processors, string? CudaVersion, bool HasGreenContexts, string? NoGpuReason, IReadOnlyList<Gpu> Gpus);

    private sealed record Gpu(string Device, string? Name, long? MemoryByteSize, int? Multiprocessors, string? ComputeCapability, string? PciBusId, string? Reason);
}
