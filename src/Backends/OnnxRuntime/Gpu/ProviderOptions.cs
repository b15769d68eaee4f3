using Camshaft.Backends.OnnxRuntime.Gpu.TensorRt;

namespace Camshaft.Backends.OnnxRuntime.Gpu;

/// <summary>The one table of the options of execution providers. On the processors they are checked and have no effect, so that one configuration fits both.</summary>
internal static class ProviderOptions
{
    /// <summary>The option by which runs are recorded as CUDA graphs.</summary>
    public const string CudaGraphs = "enable_cuda_graph";

    private const string NoTensorRtGraphs = "TensorRT's execution provider has one graph in a session and would play it whatever the shapes and addresses are";

    private static readonly Dictionary<string, ProviderOption> Table = new ProviderOption[]
    {
        ProviderOption.Number(ProviderKind.Cuda, "gpu_mem_limit"),
        ProviderOption.Choice(
            ProviderKind.Cuda, "arena_extend_strategy", "0 (to the next power of two) or 1 (as much as is asked for)", new Dictionary<string, string?> { ["0"] = "kNextPowerOfTwo", ["1"] = "kSameAsRequested" }),
        ProviderOption.Choice(
            ProviderKind.Cuda, "cudnn_conv_algo_search", "0 (exhaustive), 1 (heuristic) or 2 (default)", new Dictionary<string, string?> { ["0"] = "EXHAUSTIVE", ["1"] = "HEURISTIC", ["2"] = "DEFAULT" }),
        ProviderOption.Switch(ProviderKind.Cuda, "cudnn_conv_use_max_workspace"),
        ProviderOption.Switch(ProviderKind.Cuda, "cudnn_conv1d_pad_to_nc1d"),
        ProviderOption.Switch(ProviderKind.Cuda, "prefer_nhwc"),
        ProviderOption.Switch(ProviderKind.Cuda, "use_tf32"),
        ProviderOption.Switch(ProviderKind.Cuda, "fuse_conv_bias"),
        ProviderOption.Number(ProviderKind.Cuda, "sdpa_kernel"),
        ProviderOption.Switch(ProviderKind.Cuda, CudaGraphs),
        new(ProviderKind.TensorRt, "precision_mode", "FP32, FP16 or BF16", TranslatePrecision),
        ProviderOption.Number(ProviderKind.TensorRt, "max_workspace_size_bytes", "trt_max_workspace_size"),
        ProviderOption.Number(ProviderKind.TensorRt, "trt_max_partition_iterations"),
        ProviderOption.Number(ProviderKind.TensorRt, "trt_min_subgraph_size"),
        ProviderOption.Number(ProviderKind.TensorRt, "trt_builder_optimization_level"),
        ProviderOption.Switch(ProviderKind.TensorRt, "trt_build_heuristics_enable"),
        ProviderOption.Switch(ProviderKind.TensorRt, "trt_sparsity_enable"),
        ProviderOption.Switch(ProviderKind.TensorRt, "trt_layer_norm_fp32_fallback"),
        ProviderOption.Switch(ProviderKind.TensorRt, "trt_context_memory_sharing_enable"),
        ProviderOption.Switch(ProviderKind.TensorRt, "trt_detailed_build_log"),
        ProviderOption.Text(ProviderKind.TensorRt, OptimizationProfile.MinName),
        ProviderOption.Text(ProviderKind.TensorRt, OptimizationProfile.OptName),
        ProviderOption.Text(ProviderKind.TensorRt, OptimizationProfile.MaxName),
        ProviderOption.Off(ProviderKind.TensorRt, "trt_cuda_graph_enable", NoTensorRtGraphs),
    }.ToDictionary(static option => option.Name, StringComparer.Ordinal);

    /// <summary>Finds an option; null = there is none of that name.</summary>
    public static ProviderOption? Find(string name) => Table.GetValueOrDefault(name);

    private static ProviderSetting? TranslatePrecision(string value) => value.ToUpperInvariant() switch
    {
        "FP32" => new ProviderSetting(ProviderKind.TensorRt, "trt_fp16_enable", null),
        "FP16" => new ProviderSetting(ProviderKind.TensorRt, "trt_fp16_enable", "1"),
        "BF16" => new ProviderSetting(ProviderKind.TensorRt, "trt_bf16_enable", "1"),
        _ => null,
    };
}
