using System.Diagnostics.Metrics;
using Camshaft.Engine.Models;
using Camshaft.Engine.Telemetry.Metrics;
using Camshaft.Testing.Cuda;

namespace Camshaft.Plugins.CudaModules.Tests;

/// <summary>What is counted and measured of models on GPUs, through a whole engine. Only kernels take time, as long as a test says.</summary>
public sealed class TelemetryTests
{
    private static readonly (long[], float[]) Pair = ([2], [1f, 2f]);
    private static readonly SimulatedSensors Sensors = new() { Uuid = "GPU-0", Utilization = 40, Memory = (1000, 300), PowerMilliwatts = 90_000, Celsius = 55 };

    [Fact]
    public async Task Device_time_is_what_events_say_of_the_models_part_and_nothing_else()
    {
        await using var gpu = await StartAsync();
        for (var i = 0; i < 3; i++)
        {
            Assert.True((await gpu.InferAsync("vector_add", Pair, Pair)).Status.IsOk);
        }

        Assert.Equal([0.021], Read(gpu, "camshaft.model.device_time", "vector_add"));
        Assert.Equal(TimeSpan.FromMilliseconds(21), gpu.Get("vector_add").Recorder.ReadCounts().DeviceTime);
        Assert.Empty(Read(gpu, "camshaft.model.device_time", "on_processors"));
    }

    [Fact]
    public async Task Device_time_goes_on_after_a_reload_and_is_told_apart_by_device()
    {
        await using var gpu = await StartAsync(deviceCount: 2);
        await gpu.InferAsync("vector_add", Pair, Pair);
        var first = DeviceName.Of(gpu.Get("vector_add").Device!);
        gpu.Write("vector_add/model.yaml", $"backend: cuda_module\ndevice: {(first == "cuda:0" ? "cuda:1" : "cuda:0")}\n");
        await gpu.ReloadAsync("vector_add");
        await gpu.InferAsync("vector_add", Pair, Pair);
        await gpu.InferAsync("vector_add", Pair, Pair);

        var times = gpu.Get("vector_add").Recorder.ReadDeviceTimes().ToDictionary(static time => DeviceName.Of(time.Device), static time => time.Time.TotalMilliseconds);
        Assert.Equal(7, times[first]);
        Assert.Equal([7, 14], times.Values.Order());
    }

    [Theory]
    [InlineData("cuMemcpyHtoDAsync", 0)]
    [InlineData("cuLaunchKernel", 0)]
    [InlineData("cuMemcpyDtoHAsync", 7)]
    [InlineData("cuLaunchHostFunc", 0)]
    public async Task A_batch_that_fails_counts_what_it_computed_and_not_the_time_of_the_one_before(string call, int milliseconds)
    {
        await using var gpu = await StartAsync();
        Assert.True((await gpu.InferAsync("vector_add", Pair, Pair)).Status.IsOk);
        gpu.Simulation.Fail(call, status: 701);
        Assert.False((await gpu.InferAsync("vector_add", Pair, Pair)).Status.IsOk);

        Assert.Equal(7 + milliseconds, gpu.Get("vector_add").Recorder.ReadCounts().DeviceTime.TotalMilliseconds);
        Assert.True((await gpu.InferAsync("vector_add", Pair, Pair)).Status.IsOk);
        Assert.Equal(14 + milliseconds, gpu.Get("vector_add").Recorder.ReadCounts().DeviceTime.TotalMilliseconds);
    }

    [Fact]
    public async Task A_device_that_fails_is_said_to_be_and_adds_no_time()
    {
        await using var gpu = await StartAsync();
        Assert.True((await gpu.InferAsync("vector_add", Pair, Pair)).Status.IsOk);
        Assert.Equal([0], Read(gpu, "camshaft.gpu.failed"));
        await gpu.LoseDeviceAsync("vector_add", "vector_add", Pair, Pair);

        Assert.Equal([1], Read(gpu, "camshaft.gpu.failed"));
        Assert.Contains("GPU 0 has failed", gpu.Engine.Telemetry.Read().Accelerators[0].Fault, StringComparison.Ordinal);
        Assert.Equal([0.007], Read(gpu, "camshaft.model.device_time", "vector_add"));
        Assert.Empty(Read(gpu, "camshaft.model.device_memory.used", "vector_add"));
    }

    [Fact]
    public async Task Device_memory_is_that_of_the_moment()
    {
        await using var gpu = await StartAsync("limits: { device_memory_bytes: 1000000 }\n");
        var before = Assert.Single(Read(gpu, "camshaft.model.device_memory.used", "vector_add"));
        var large = ((long[])[5000], new float[5000]);
        Assert.True((await gpu.InferAsync("vector_add", large, large)).Status.IsOk);

        // Three vectors of 20,000 bytes, each at a multiple of 256.
        var used = Assert.Single(Read(gpu, "camshaft.model.device_memory.used", "vector_add"));
        Assert.InRange(used, Math.Max(before, 3 * 20_000), 1_000_000);
        Assert.InRange(Assert.Single(Read(gpu, "camshaft.model.device_memory.peak", "vector_add")), used, 1_000_000);
        Assert.Equal([1_000_000], Read(gpu, "camshaft.model.device_memory.limit", "vector_add"));
        Assert.Contains(used, Read(gpu, "camshaft.model.memory", "vector_add"));
        Assert.Equal([used], Read(gpu, "camshaft.gpu.memory.models"));
        Assert.Empty(Read(gpu, "camshaft.model.device_memory.used", "on_processors"));

        await gpu.Engine.Controller.UnloadAsync("vector_add", CancellationToken.None);
        while (gpu.Get("vector_add").State != ModelState.Unloaded)
        {
            await Task.Yield();
        }

        Assert.Empty(Read(gpu, "camshaft.model.device_memory.used", "vector_add"));
        Assert.Equal([0], Read(gpu, "camshaft.gpu.memory.models"));
    }

    [Fact]
    public async Task A_model_without_a_limit_has_none()
    {
        await using var gpu = await StartAsync();

        Assert.Single(Read(gpu, "camshaft.model.device_memory.used", "vector_add"));
        Assert.Empty(Read(gpu, "camshaft.model.device_memory.limit", "vector_add"));
    }

    [Fact]
    public async Task A_GPU_has_what_its_sensors_say_and_lacks_what_they_do_not()
    {
        await using var gpu = await StartAsync();

        Assert.Equal([0.4], Read(gpu, "camshaft.gpu.utilization_ratio"));
        Assert.Equal([300], Read(gpu, "camshaft.gpu.memory.used"));
        Assert.Equal([90], Read(gpu, "camshaft.gpu.power"));
        Assert.Equal([55], Read(gpu, "camshaft.gpu.temperature"));
        Assert.Equal([64 << 20], Read(gpu, "camshaft.gpu.memory.total"));
        Assert.Equal([gpu.Provider.Devices[0].BudgetByteSize], Read(gpu, "camshaft.gpu.memory.limit"));
        Assert.Empty(Read(gpu, "camshaft.gpu.power_limit"));
        Assert.Empty(Read(gpu, "camshaft.gpu.energy"));
    }

    [Fact]
    public async Task Listeners_get_every_metric_of_GPUs_and_device_memory()
    {
        var observed = new HashSet<string>();
        await using var gpu = new GpuEngine(sensors: SimulatedGpus.Talkative);
        gpu.AddSample("vector_add", addition: "limits: { device_memory_bytes: 1000000 }\n");
        await gpu.StartAsync();
        await gpu.InferAsync("vector_add", Pair, Pair);
        using var listener = new MeterListener();
        listener.InstrumentPublished = static (instrument, listener) =>
        {
            if (instrument.Meter.Name == EngineMeter.Name)
            {
                listener.EnableMeasurementEvents(instrument);
            }
        };
        listener.SetMeasurementEventCallback<double>((instrument, _, tags, _) => observed.Add($"{instrument.Name} of {string.Join(',', tags.ToArray().Select(static tag => tag.Key))}"));
        listener.Start();
        listener.RecordObservableInstruments();

        var expected = MetricTable.All.Where(static metric => metric.Name.StartsWith("camshaft.gpu.", StringComparison.Ordinal) || metric.Name.StartsWith("camshaft.model.device_", StringComparison.Ordinal)).ToList();
        Assert.Equal(16, expected.Count);
        Assert.All(expected, metric => Assert.Contains($"{metric.Name} of {string.Join(',', metric.Labels)}", observed));
    }

    // The values of a metric, of one model where it is asked for.
    private static double[] Read(GpuEngine gpu, string metric, string? model = null) =>
        [.. MetricTable.All.Single(one => one.Name == metric).Read(gpu.Engine.Telemetry.Read()).Where(sample => model is null || sample.Labels[0] == model).Select(static sample => sample.Value)];

    private static async Task<GpuEngine> StartAsync(string addition = "", int deviceCount = 1)
    {
        var gpu = new GpuEngine(new SimulatedDriverOptions { DeviceCount = deviceCount, OperationTime = TimeSpan.Zero }, sensors: Sensors);
        gpu.Simulation.Register(new SimulatedKernel("vector_add", [8, 8, 8, 4], static launch => launch.Write<float>(2, launch.Get<int>(3)).Clear()) { Time = TimeSpan.FromMilliseconds(7) });
        gpu.AddSample("vector_add", addition: addition);
        gpu.Write("on_processors/1/model.sample", "operation: identity\n");
        await gpu.StartAsync();
        Assert.Null(gpu.Get("vector_add").Reason);
        return gpu;
    }
}
