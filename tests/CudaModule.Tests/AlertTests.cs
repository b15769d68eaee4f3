using Camshaft.Engine.Alerts;
using Camshaft.Engine.Alerts.Options;
using Camshaft.Engine.Alerts.Readings;
using Camshaft.Testing.Cuda;
using Microsoft.Extensions.Logging.Abstractions;

namespace Camshaft.Plugins.CudaModules.Tests;

/// <summary>What is told of a GPU that fails or is full, from the driver to the alert.</summary>
public sealed class AlertTests
{
    private static readonly (long[], float[]) Pair = ([2], [1f, 2f]);

    [Fact]
    public async Task A_GPU_that_fails_is_told_of_at_the_next_look()
    {
        await using var gpu = await StartAsync(64 << 20);
        var monitor = Watch(gpu);
        Assert.Empty(monitor.Current.Active);
        await gpu.LoseDeviceAsync("vector_add", "vector_add", Pair, Pair);
        Pass(gpu, monitor, 5);

        var alert = Assert.Single(monitor.Current.Active, static alert => alert.Name == AlertNames.DeviceFailed);
        Assert.Equal((AlertState.Firing, AlertSeverity.Critical, "cuda:0"), (alert.State, alert.Severity, alert.Labels["device"]));
        Assert.Contains("GPU 0 has failed", alert.Description, StringComparison.Ordinal);
        Assert.Contains("CUDA_ERROR_ILLEGAL_ADDRESS", alert.Description, StringComparison.Ordinal);
        Assert.Contains(monitor.Current.Active, static alert => alert.Name == AlertNames.ModelFailed && alert.Labels["model"] == "vector_add");
    }

    [Fact]
    public async Task A_GPU_whose_memory_models_have_filled_is_told_of_until_they_give_it_back()
    {
        // Nine tenths of it are the models', of which three vectors on one lane take more than 95 %.
        await using var gpu = await StartAsync(1_000_000);
        var monitor = Watch(gpu);
        var large = ((long[])[72_000], new float[72_000]);
        Assert.True((await gpu.InferAsync("vector_add", large, large)).Status.IsOk);
        Pass(gpu, monitor, 5);
        Assert.Equal(AlertState.Pending, Assert.Single(monitor.Current.Active).State);
        Pass(gpu, monitor, 30);

        var alert = Assert.Single(monitor.Current.Active);
        Assert.Equal((AlertNames.DeviceMemoryFull, AlertState.Firing, "cuda:0"), (alert.Name, alert.State, alert.Labels["device"]));
        Assert.Contains("of 900000", alert.Description, StringComparison.Ordinal);

        await gpu.ReloadAsync("vector_add");
        Pass(gpu, monitor, 60);
        Assert.DoesNotContain(monitor.Current.Active, static alert => alert.State == AlertState.Firing);
    }

    private static AlertMonitor Watch(GpuEngine gpu)
    {
        var monitor = new AlertMonitor(new EngineReadingSource(gpu.Engine, new AlertOptions()), new AlertOptions(), [], NullLoggerFactory.Instance, gpu.Clock);
        monitor.Look();
        return monitor;
    }

    // As the server looks: every five seconds.
    private static void Pass(GpuEngine gpu, AlertMonitor monitor, int seconds)
    {
        for (var passed = 0; passed < seconds; passed += 5)
        {
            gpu.Clock.Advance(TimeSpan.FromSeconds(5));
            monitor.Look();
        }
    }

    private static async Task<GpuEngine> StartAsync(long memoryByteSize)
    {
        var gpu = new GpuEngine(new SimulatedDriverOptions { MemoryByteSize = memoryByteSize });
        gpu.AddSample("vector_add");
        await gpu.StartAsync();
        Assert.Null(gpu.Get("vector_add").Reason);
        return gpu;
    }
}
