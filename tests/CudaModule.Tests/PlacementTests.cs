using Camshaft.Testing.Cuda;

namespace Camshaft.Plugins.CudaModules.Tests;

public sealed class PlacementTests
{
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
}
