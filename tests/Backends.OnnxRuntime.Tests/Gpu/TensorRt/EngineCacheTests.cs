using Camshaft.Backends.OnnxRuntime.Gpu;
using Camshaft.Backends.OnnxRuntime.Gpu.TensorRt;
using Camshaft.Backends.OnnxRuntime.Preparation;
using Camshaft.Testing;

namespace Camshaft.Backends.OnnxRuntime.Tests.Gpu.TensorRt;

public sealed class EngineCacheTests : IDisposable
{
    private static readonly EngineIdentity Identity = new()
    {
        ModelHash = "model",
        Device = "gpu",
        Driver = 13000,
        TensorRt = 101300,
        OnnxRuntime = "1.31",
        Options = ["precision: FP16"],
    };

    private readonly TempDirectory _directory = new();

    private string Root => Path.Combine(_directory.FullPath, "cache");

    public void Dispose() => _directory.Dispose();

    [Fact]
    public void An_engine_is_another_for_another_model_GPU_driver_version_or_option()
    {
        EngineIdentity[] others =
        [
            Identity,
            Identity with { ModelHash = "other" },
            Identity with { Device = "other" },
            Identity with { Driver = 12080 },
            Identity with { TensorRt = 101200 },
            Identity with { OnnxRuntime = "1.32" },
            Identity with { Options = [] },
            Identity with { Options = ["precision: FP16", ""] },
        ];

        Assert.Equal(others.Length, others.Select(static other => other.EngineKey).Distinct().Count());
        Assert.Equal(Identity.EngineKey, (Identity with { Options = ["precision: FP16"] }).EngineKey);
    }

    [Fact]
    public void Timings_are_shared_by_models_and_not_by_GPUs_or_versions()
    {
        Assert.Equal(Identity.TimingKey, (Identity with { ModelHash = "other", Options = [] }).TimingKey);
        Assert.NotEqual(Identity.TimingKey, (Identity with { Device = "other" }).TimingKey);
        Assert.NotEqual(Identity.TimingKey, (Identity with { TensorRt = 101200 }).TimingKey);
    }

    [Fact]
    public void Options_of_TensorRT_and_of_the_session_count_and_those_of_CUDA_do_not()
    {
        var configuration = new SessionConfiguration { Providers = [new(ProviderKind.TensorRt, "trt_fp16_enable", "1"), new(ProviderKind.Cuda, "gpu_mem_limit", "5")] };

        Assert.Equal(["optimization: All", "trt_fp16_enable: 1"], EngineIdentity.ListOptions(configuration));
    }

    [Fact]
    public void An_engine_has_the_same_place_again()
    {
        var cache = Open(byteSizeLimit: 100);
        var place = cache.Open(Identity);
        Assert.True(place.IsEmpty);
        File.WriteAllBytes(Path.Combine(place.EnginePath, "engine"), new byte[10]);

        Assert.Equal(place, cache.Open(Identity));
        Assert.False(place.IsEmpty);
    }

    [Fact]
    public void Engines_used_longest_ago_make_room()
    {
        var cache = Open(byteSizeLimit: 25);
        string[] paths = [.. Enumerable.Range(0, 3).Select(i => Add(cache, $"model {i}", age: 10 - i))];
        cache.Open(Identity with { ModelHash = "model 2" });

        Assert.False(Directory.Exists(paths[0]));
        Assert.True(Directory.Exists(paths[1]));
        Assert.True(Directory.Exists(paths[2]));
    }

    [Fact]
    public void The_engine_that_is_asked_for_stays_though_it_is_larger_than_the_bound()
    {
        var cache = Open(byteSizeLimit: 5);
        var path = Add(cache, "model", age: 1);

        Assert.Equal(path, cache.Open(Identity with { ModelHash = "model" }).EnginePath);
        Assert.True(File.Exists(Path.Combine(path, "engine")));
    }

    private static string Add(EngineCache cache, string model, int age)
    {
        var path = cache.Open(Identity with { ModelHash = model }).EnginePath;
        File.WriteAllBytes(Path.Combine(path, "engine"), new byte[10]);
        Directory.SetLastWriteTimeUtc(path, DateTime.UtcNow.AddMinutes(-age));
        return path;
    }

    private EngineCache Open(long byteSizeLimit) => new(CacheDirectory.Open(Root), Root, byteSizeLimit);
}
