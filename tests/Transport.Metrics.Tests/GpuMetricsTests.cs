using Camshaft.Testing.Cuda;

namespace Camshaft.Transport.Metrics.Tests;

/// <summary>GPUs in the metrics. The simulated driver is one for the process: tests with one are a collection.</summary>
[Collection(Collection)]
public sealed class GpuMetricsTests
{
    public const string Collection = "GPUs";

    [Fact]
    public async Task GPUs_have_Tritons_names_units_and_label()
    {
        using var gpus = new SimulatedGpus(SimulatedGpus.Talkative);
        await using var server = await MetricsServer.StartAsync(gpus.Provider);
        await gpus.WaitForReadingAsync(0);
        gpus.Set(0, SimulatedGpus.Talkative with { EnergyMillijoules = 9_001_500 });
        await gpus.WaitForReadingAsync(0, static reading => reading.EnergyJoules > 0);
        var lines = (await server.ReadAsync()).Split('\n');

        const string Label = "{gpu_uuid=\"GPU-11111111-2222-3333-4444-555555555555\"}";
        Assert.Equal(
            [
                $"nv_gpu_utilization{Label} 0.83",
                $"nv_gpu_memory_total_bytes{Label} 85899345920",
                $"nv_gpu_memory_used_bytes{Label} 12884901888",
                $"nv_gpu_power_usage{Label} 412.75",
                $"nv_gpu_power_limit{Label} 700",
                $"nv_energy_consumption{Label} 1.5",
            ],
            lines.Where(static line => line.Contains("gpu_uuid=", StringComparison.Ordinal)));
        Assert.Contains("# TYPE nv_gpu_utilization gauge", lines);
        Assert.Contains("# TYPE nv_energy_consumption counter", lines);
        Assert.Contains("camshaft_gpu_power_watts{device=\"cuda:0\"} 412.75", lines);
        Assert.Contains("camshaft_gpu_temperature_celsius{device=\"cuda:0\"} 64", lines);
        Assert.Contains("camshaft_gpu_energy_joules_total{device=\"cuda:0\"} 1.5", lines);
    }

    [Fact]
    public async Task What_a_GPU_does_not_tell_has_no_series_and_one_without_a_UUID_none_of_Tritons()
    {
        using var gpus = new SimulatedGpus(SimulatedGpus.Talkative with { PowerMilliwatts = null }, SimulatedGpus.Talkative with { Uuid = null });
        await using var server = await MetricsServer.StartAsync(gpus.Provider);
        await gpus.WaitForReadingAsync(0);
        await gpus.WaitForReadingAsync(1);
        var lines = (await server.ReadAsync()).Split('\n');

        Assert.Single(lines, static line => line.StartsWith("nv_gpu_utilization{", StringComparison.Ordinal));
        Assert.DoesNotContain(lines, static line => line.Contains("nv_gpu_power_usage", StringComparison.Ordinal));
        Assert.Equal(2, lines.Count(static line => line.StartsWith("camshaft_gpu_utilization_ratio{", StringComparison.Ordinal)));
        Assert.Single(lines, static line => line.StartsWith("camshaft_gpu_power_watts{", StringComparison.Ordinal));
    }

    [Fact]
    public async Task Without_a_GPU_there_is_nothing_of_Tritons_about_one()
    {
        await using var server = await MetricsServer.StartAsync();

        Assert.DoesNotContain("nv_gpu_", await server.ReadAsync(), StringComparison.Ordinal);
    }
}
