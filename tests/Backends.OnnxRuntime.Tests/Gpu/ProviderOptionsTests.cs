using Camshaft.Backends.OnnxRuntime.Gpu;
using Camshaft.Backends.OnnxRuntime.Gpu.TensorRt;
using Camshaft.Testing;

namespace Camshaft.Backends.OnnxRuntime.Tests.Gpu;

public sealed class ProviderOptionsTests
{
    private static readonly TensorRtPlan Plan = new(Engines: null, Profile: null);

    [Theory]
    [InlineData("gpu_mem_limit", "2147483648", "gpu_mem_limit", "2147483648")]
    [InlineData("arena_extend_strategy", "0", "arena_extend_strategy", "kNextPowerOfTwo")]
    [InlineData("cudnn_conv_algo_search", "1", "cudnn_conv_algo_search", "HEURISTIC")]
    [InlineData("use_tf32", "off", "use_tf32", "0")]
    [InlineData("enable_cuda_graph", "true", "enable_cuda_graph", "1")]
    public void Options_for_CUDA_have_Tritons_names_and_become_ONNX_Runtimes(string key, string value, string name, string native) =>
        Assert.Equal(native, ProviderPlan.ForCuda(Read((key, value)), 1, long.MaxValue)[name]);

    [Theory]
    [InlineData("precision_mode", "fp16", "trt_fp16_enable", "1")]
    [InlineData("precision_mode", "BF16", "trt_bf16_enable", "1")]
    [InlineData("max_workspace_size_bytes", "1048576", "trt_max_workspace_size", "1048576")]
    public void Options_for_TensorRT_have_Tritons_names_and_become_ONNX_Runtimes(string key, string value, string name, string native) =>
        Assert.Equal(native, ProviderPlan.ForTensorRt(Read((key, value)), 1, Plan)[name]);

    [Fact]
    public void Without_options_the_arena_takes_what_is_asked_for_and_the_GPU_is_the_lanes()
    {
        Assert.Equal(new Dictionary<string, string> { ["device_id"] = "1", ["arena_extend_strategy"] = "kSameAsRequested" }, ProviderPlan.ForCuda(Read(), 1, long.MaxValue));
        Assert.Equal(new Dictionary<string, string> { ["device_id"] = "1" }, ProviderPlan.ForTensorRt(Read(("gpu_mem_limit", "5"), ("precision_mode", "FP32")), 1, Plan));
    }

    [Theory]
    [InlineData(null, "1000")]
    [InlineData("999", "999")]
    [InlineData("1000", "1000")]
    [InlineData("1001", "1000")]
    [InlineData("18446744073709551615", "1000")]
    public void The_models_limit_bounds_the_arena_and_a_smaller_one_that_it_states_stays(string? stated, string expected)
    {
        var configuration = stated is null ? Read() : Read(("gpu_mem_limit", stated));

        Assert.Equal(expected, ProviderPlan.ForCuda(configuration, 1, arenaByteSizeLimit: 1000)["gpu_mem_limit"]);
    }

    [Fact]
    public void Arenas_of_all_sessions_together_stay_within_the_models_limit()
    {
        var terms = new AcceleratorTerms("m") { MemoryLimit = 1000, LaneCount = 6 };

        Assert.InRange(ProviderPlan.DivideMemory(terms, 1) * 6, 990, 1000);
        Assert.InRange(ProviderPlan.DivideMemory(terms, 2) * 12, 990, 1000);
        Assert.Equal(long.MaxValue, ProviderPlan.DivideMemory(terms with { MemoryLimit = long.MaxValue }, 1));
    }

    [Fact]
    public void Engines_and_timings_are_kept_where_the_cache_says()
    {
        var settings = ProviderPlan.ForTensorRt(Read(), 0, new TensorRtPlan(new EnginePlace("/c/e", "/c/t"), OptimizationProfile.Fixed));

        Assert.Equal(("1", "/c/e"), (settings["trt_engine_cache_enable"], settings["trt_engine_cache_path"]));
        Assert.Equal(("1", "/c/t"), (settings["trt_timing_cache_enable"], settings["trt_timing_cache_path"]));
    }

    [Theory]
    [InlineData("gpu_mem_limit", "-1", "a number from 0")]
    [InlineData("arena_extend_strategy", "2", "0 (to the next power of two) or 1 (as much as is asked for)")]
    [InlineData("precision_mode", "INT8", "FP32, FP16 or BF16")]
    [InlineData("use_tf32", "maybe", "true or false")]
    [InlineData("trt_build", "later", "background or load")]
    [InlineData("enable_cuda_graph", "sometimes", "true or false")]
    [InlineData("trt_cuda_graph_enable", "true", "false: TensorRT's execution provider has one graph")]
    [InlineData("trt_profile_min_shapes", "x:1\0", "text without NUL")]
    public void A_value_that_no_provider_takes_is_refused_also_on_the_processors(string key, string value, string expected)
    {
        var refusal = Plugin.LoadRefused(Models.Double(), (key, value));

        Assert.Equal(StatusCode.InvalidArgument, refusal.Code);
        Assert.Contains($"the parameter '{key}' is '{value}'; expected {expected}", refusal.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Options_for_GPUs_do_nothing_on_the_processors()
    {
        using var model = LoadedModel.Of(Models.Double(), ("gpu_mem_limit", "1"), ("precision_mode", "FP16"), ("enable_cuda_graph", "false"));

        Assert.Equal([2f], model.Run(TestTensor.Of([1], 1))["y"].Values<float>().ToArray());
    }

    private static SessionConfiguration Read(params (string Key, string Value)[] parameters) => SessionConfiguration.Read(
        new ModelSource { ModelName = "m", Version = 1, FilePath = "/m.onnx", Parameters = parameters.ToDictionary(static pair => pair.Key, static pair => pair.Value) });
}
