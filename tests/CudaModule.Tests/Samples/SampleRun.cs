using Camshaft.Backends.Cuda;
using Camshaft.Testing.Cuda;

namespace Camshaft.Plugins.CudaModules.Tests.Samples;

/// <summary>Runs the samples' kernels by themselves, as their <c>module.yaml</c> launches them.</summary>
internal static class SampleRun
{
    /// <summary>a + b.</summary>
    public static float[] AddVectors(KernelBench bench, float[] a, float[] b)
    {
        var sum = bench.Reserve(a.Length * sizeof(float));
        bench.Launch("vector_add", new CudaExtent(CeilDiv(a.Length, 256)), new CudaExtent(256), bench.Upload<float>(a), bench.Upload<float>(b), sum, a.Length);
        return bench.Download<float>(sum, a.Length);
    }

    /// <summary>max(0, x * scale + bias), the last two by channel.</summary>
    public static float[] ScaleBiasRelu(KernelBench bench, float[] x, float[] scale, float[] bias)
    {
        var y = bench.Reserve(x.Length * sizeof(float));
        bench.Launch(
            "scale_bias_relu", new CudaExtent(CeilDiv(x.Length, 256)), new CudaExtent(256), bench.Upload<float>(x), bench.Upload<float>(scale), bench.Upload<float>(bias), y, x.Length, scale.Length);
        return bench.Download<float>(y, x.Length);
    }

    /// <summary>The product of a [m, k] and b [k, n].</summary>
    public static float[] Multiply(KernelBench bench, float[] a, float[] b, int m, int n, int k)
    {
        var c = bench.Reserve(m * n * sizeof(float));

        // Without a depth there is nothing to read, and no memory without bytes.
        var (left, right) = k == 0 ? (c, c) : (bench.Upload<float>(a), bench.Upload<float>(b));
        bench.Launch("sgemm", new CudaExtent(CeilDiv(n, 16), CeilDiv(m, 16)), new CudaExtent(16, 16), left, right, c, m, n, k);
        return bench.Download<float>(c, m * n);
    }

    /// <summary>Softmax of each row.</summary>
    public static float[] Softmax(KernelBench bench, float[] x, int columns)
    {
        var rows = x.Length / columns;
        var (values, statistics, y) = (bench.Upload<float>(x), bench.Reserve(rows * 8), bench.Reserve(x.Length * sizeof(float)));
        bench.Launch("softmax_statistics", new CudaExtent((uint)rows), new CudaExtent(256), values, statistics, columns);
        bench.Launch("softmax_normalize", new CudaExtent((uint)rows, CeilDiv(columns, 256)), new CudaExtent(256), values, statistics, y, columns);
        return bench.Download<float>(y, x.Length);
    }

    private static uint CeilDiv(int count, int size) => (uint)((count + size - 1) / size);
}
