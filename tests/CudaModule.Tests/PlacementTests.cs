using System.Numerics;
using Camshaft.Backends;
using Camshaft.Backends.Cuda.Devices;
using Camshaft.Engine.Models;
using Camshaft.Testing.Cuda;
using Microsoft.Extensions.Logging;

namespace Camshaft.Plugins.CudaModules.Tests;

public sealed class PlacementTests
{
    private static readonly (long[], float[]) Pair = ([2], [1f, 2f]);

    [Fact]
    public async Task Models_without_work_go_where_most_memory_is_free()
    {
        await using var gpu = new GpuEngine(new SimulatedDriverOptions { DeviceCount = 2 }, new Engine.EngineOptions { ConcurrentLoads = 1 });
        gpu.AddSample("vector_add");
        gpu.AddSample("sgemm");
        await gpu.StartAsync();

        // A warm-up leaves nothing behind, but a request does: its lane keeps the memory.
        var first = gpu.Get("vector_add").Device!.Ordinal;
        await gpu.InferAsync("vector_add", ([1000], new float[1000]), ([1000], new float[1000]));
        await gpu.ReloadAsync("sgemm");

        Assert.NotEqual(first, gpu.Get("sgemm").Device!.Ordinal);
    }

    [Fact]
    public async Task A_model_goes_where_another_of_its_versions_is()
    {
        await using var gpu = new GpuEngine(new SimulatedDriverOptions { DeviceCount = 2 }, new Engine.EngineOptions { ConcurrentLoads = 1 });
        gpu.AddSample("vector_add", addition: "version_policy: all\n");
        gpu.AddVersion("vector_add", 2);
        await gpu.StartAsync();
        await gpu.InferAsync("vector_add", ([1000], new float[1000]), ([1000], new float[1000]));
        var before = gpu.Get("vector_add").Device!.Ordinal;
        gpu.AddVersion("vector_add", 3);
        Assert.True((await gpu.Engine.Controller.LoadAsync("vector_add", CancellationToken.None)).IsOk);

        Assert.Equal(3, gpu.Get("vector_add").Number);
        Assert.Equal(before, gpu.Get("vector_add").Device!.Ordinal);
    }

    [Theory]
    [InlineData(0)]
    [InlineData(1)]
    public async Task A_device_that_is_asked_for_by_number_is_the_one(int ordinal)
    {
        await using var gpu = new GpuEngine(new SimulatedDriverOptions { DeviceCount = 2 });
        gpu.AddSample("vector_add");
        gpu.Write("vector_add/model.yaml", $"backend: cuda_module\ndevice: cuda:{ordinal}\n");
        await gpu.StartAsync();

        Assert.Equal(ordinal, gpu.Get("vector_add").Device!.Ordinal);
        var (status, sum) = await gpu.InferAsync("vector_add", ([1], [1f]), ([1], [2f]));
        Assert.True(status.IsOk, status.Message);
        Assert.Equal([3f], sum);
    }

    [Fact]
    public async Task A_GPU_without_room_is_passed_over_even_for_a_model_that_is_there()
    {
        await using var gpu = new GpuEngine(new SimulatedDriverOptions { DeviceCount = 3 }, new Engine.EngineOptions { ConcurrentLoads = 1 });
        gpu.AddSample("vector_add", addition: "version_policy: all\n");
        await gpu.StartAsync();
        Assert.Equal(0, gpu.Get("vector_add").Device!.Ordinal);
        gpu.Simulation.UseElsewhere(64 << 20, ordinal: 0);
        gpu.Simulation.UseElsewhere(32 << 20, ordinal: 1);
        gpu.AddVersion("vector_add", 2);
        Assert.True((await gpu.Engine.Controller.LoadAsync("vector_add", CancellationToken.None)).IsOk);

        Assert.Equal((2, 2), (gpu.Get("vector_add").Number, gpu.Get("vector_add").Device!.Ordinal));
    }

    [Fact]
    public async Task A_load_that_a_GPU_has_no_memory_for_is_tried_on_the_next()
    {
        await using var gpu = new GpuEngine(new SimulatedDriverOptions { DeviceCount = 2 });
        gpu.AddSample("vector_add");
        gpu.Simulation.FailForMemory("cuModuleLoadDataEx");
        await gpu.StartAsync();

        Assert.Null(gpu.Get("vector_add").Reason);
        Assert.Equal(1, gpu.Get("vector_add").Device!.Ordinal);
        Assert.True((await gpu.InferAsync("vector_add", Pair, Pair)).Status.IsOk);
    }

    [Fact]
    public async Task A_load_that_no_GPU_has_memory_for_fails_with_what_each_says()
    {
        await using var gpu = new GpuEngine(new SimulatedDriverOptions { DeviceCount = 2, MultiprocessorCount = 16 });
        gpu.AddSample("vector_add", addition: "limits: { device_share: 1 }\n");
        gpu.AddSample("scale_bias_relu", addition: "limits: { device_share: 1 }\n");
        gpu.AddSample("softmax");
        await gpu.StartAsync();

        Assert.NotEqual(gpu.Get("vector_add").Device!.Ordinal, gpu.Get("scale_bias_relu").Device!.Ordinal);
        gpu.AddSample("softmax", addition: "limits: { device_share: 0.5 }\n");
        var status = await gpu.Engine.Controller.LoadAsync("softmax", CancellationToken.None);
        Assert.Contains("Model 'softmax' version 1 asks for a 'device_share' of 0.5, which is 8 of the 16 multiprocessors of GPU 0 in groups of 8; 0 of", status.Message, StringComparison.Ordinal);
        Assert.Contains("multiprocessors of GPU 1 in groups of 8; 0 of", status.Message, StringComparison.Ordinal);

        // What served goes on serving.
        Assert.True((await gpu.InferAsync("softmax", ([1, 2], [1f, 2f]))).Status.IsOk);
    }

    [Theory]
    [InlineData("cuda")]
    [InlineData("auto")]
    public async Task A_model_of_a_GPU_that_has_failed_can_be_loaded_on_another(string device)
    {
        await using var gpu = await StartOnTwoAsync(device);
        await gpu.LoseDeviceAsync("sgemm", "sgemm", ([1, 1], [1f]), ([1, 1], [1f]));
        var failed = gpu.Get("sgemm").Device!.Ordinal;
        await gpu.ReloadAsync("vector_add");

        Assert.Equal(1 - failed, gpu.Get("vector_add").Device!.Ordinal);
        Assert.True((await gpu.InferAsync("vector_add", Pair, Pair)).Status.IsOk);
    }

    [Fact]
    public async Task One_GPU_that_fails_takes_its_models_along_and_no_others()
    {
        await using var gpu = await StartOnTwoAsync("cuda:1");
        await gpu.LoseDeviceAsync("sgemm", "sgemm", ([1, 1], [1f]), ([1, 1], [1f]));

        Assert.Contains("GPU 0 has failed", gpu.Get("sgemm").Reason, StringComparison.Ordinal);
        Assert.Equal((ModelState.Ready, 1), (gpu.Get("vector_add").State, gpu.Get("vector_add").Device!.Ordinal));
        Assert.True((await gpu.InferAsync("vector_add", Pair, Pair)).Status.IsOk);
        Assert.Single(gpu.Log.Get(LogLevel.Critical), static text => text.StartsWith("Device Cuda:0 is lost: GPU 0 has failed", StringComparison.Ordinal));
    }

    [Fact]
    public async Task A_GPU_that_is_asked_for_by_number_and_has_failed_is_named_with_its_reason()
    {
        await using var gpu = await StartOnTwoAsync("cuda:0");
        await gpu.LoseDeviceAsync("sgemm", "sgemm", ([1, 1], [1f]), ([1, 1], [1f]));
        var status = await gpu.Engine.Controller.LoadAsync("vector_add", CancellationToken.None);

        Assert.Contains("backend 'cuda_module' cannot run on 'cuda:0'", status.Message, StringComparison.Ordinal);
        Assert.Contains("Cuda:0 (GPU 0 has failed, and works again only after a restart of the server: ", status.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_share_is_made_of_what_is_reserved_and_the_log_says_how_much_it_is()
    {
        await using var gpu = new GpuEngine(cudaOptions: new CudaOptions { ReservedShare = 0.25 });
        gpu.AddSample("vector_add", addition: "limits: { device_share: 0.1 }\n");
        gpu.AddSample("softmax");
        await gpu.StartAsync();
        Assert.True((await gpu.InferAsync("vector_add", Pair, Pair)).Status.IsOk);
        for (var round = 0; round < 4; round++)
        {
            Assert.True((await gpu.InferAsync("softmax", ([1, 2], [1f, 2f]))).Status.IsOk);
        }

        var (quick, others) = (gpu.Simulation.FindMultiprocessors("vector_add"), gpu.Simulation.FindMultiprocessors("softmax_statistics"));
        Assert.Equal((8, 24, 0UL), (BitOperations.PopCount(quick), BitOperations.PopCount(others), quick & others));
        Assert.Contains(gpu.Log.Get(), static text => text.StartsWith("Model 'vector_add' version 1 is ready on cuda_module (Cuda:0, 25.0 % of its processors); ", StringComparison.Ordinal));

        // A recorded sequence would run on all of them.
        Assert.Equal(0, gpu.Simulation.GraphLaunchCount);
    }

    [Fact]
    public async Task A_model_with_a_share_waits_for_no_lane_that_others_have()
    {
        await using var gpu = new GpuEngine(
            engineOptions: new Engine.EngineOptions { AcceleratorLaneCount = 1, AcceleratorShareLaneCount = 1 }, cudaOptions: new CudaOptions { ReservedShare = 0.25 });
        gpu.AddSample("vector_add", addition: "limits: { device_share: 0.1 }\n");
        gpu.AddSample("softmax");
        await gpu.StartAsync();
        gpu.Simulation.Hold("softmax_statistics");
        var slow = gpu.InferAsync("softmax", ([1, 2], [1f, 2f]));
        var quick = gpu.InferAsync("vector_add", Pair, Pair);

        // Else it would come to an end only after the other.
        var first = await Task.WhenAny(quick, slow, Task.Delay(TimeSpan.FromSeconds(20)));
        gpu.Simulation.Release("softmax_statistics");
        Assert.True((await slow).Status.IsOk);
        Assert.True((await quick).Status.IsOk);
        Assert.Same(quick, first);
        Assert.Equal(["any-1", "background-2", "share-any-1", "share-background-2"], gpu.Engine.Telemetry.Read().Lanes.Where(static lane => lane.DeviceKind == DeviceKind.Cuda).Select(static lane => lane.Name));
    }

    [Fact]
    public async Task A_new_version_takes_over_its_models_share()
    {
        await using var gpu = new GpuEngine();
        gpu.AddSample("vector_add", addition: "limits: { device_share: 0.75 }\n");
        await gpu.StartAsync();
        gpu.AddVersion("vector_add", 2);

        Assert.True((await gpu.Engine.Controller.LoadAsync("vector_add", CancellationToken.None)).IsOk);
        Assert.Equal(2, gpu.Get("vector_add").Number);
        Assert.True((await gpu.InferAsync("vector_add", Pair, Pair)).Status.IsOk);
    }

    [Fact]
    public async Task A_reserve_that_the_driver_cannot_give_is_warned_of_and_models_run_as_ever()
    {
        await using var gpu = new GpuEngine(new SimulatedDriverOptions { Version = 12000 }, cudaOptions: new CudaOptions { ReservedShare = 0.25 });
        gpu.AddSample("vector_add");
        await gpu.StartAsync();

        Assert.Single(gpu.Log.Get(LogLevel.Warning), static text => text.Contains("'gpuReservedShare' has no effect", StringComparison.Ordinal) && text.Contains("CUDA 12.5", StringComparison.Ordinal));
        Assert.True((await gpu.InferAsync("vector_add", Pair, Pair)).Status.IsOk);
    }

    // sgemm on the first, vector_add where it wants to be.
    private static async Task<GpuEngine> StartOnTwoAsync(string device)
    {
        var gpu = new GpuEngine(new SimulatedDriverOptions { DeviceCount = 2 }, new Engine.EngineOptions { ConcurrentLoads = 1 });
        gpu.AddSample("sgemm");
        gpu.Write("sgemm/model.yaml", "backend: cuda_module\ndevice: cuda:0\n");
        gpu.AddSample("vector_add");
        gpu.Write("vector_add/model.yaml", $"backend: cuda_module\ndevice: {device}\n");
        await gpu.StartAsync();
        Assert.All(["sgemm", "vector_add"], model => Assert.Null(gpu.Get(model).Reason));
        return gpu;
    }
}
