namespace Camshaft.Plugins.CudaModules.Tests.Samples;

/// <summary>What the samples compute, in plain C#.</summary>
internal static class Reference
{
    public static float[] AddVectors(float[] a, float[] b) => [.. a.Zip(b, static (one, other) => one + other)];

    public static float[] ScaleBiasRelu(float[] x, float[] scale, float[] bias) =>
        [.. x.Select((value, index) => MathF.Max(0, MathF.FusedMultiplyAdd(value, scale[index % scale.Length], bias[index % scale.Length])))];

    /// <summary>The sum of products, each of them fused with its sum, from the first to the last: to the last bit what the kernel computes.</summary>
    public static float[] Multiply(float[] a, float[] b, int m, int n, int k)
    {
        var c = new float[m * n];
        for (var i = 0; i < c.Length; i++)
        {
            for (var depth = 0; depth < k; depth++)
            {
                c[i] = MathF.FusedMultiplyAdd(a[(i / n * k) + depth], b[(depth * n) + (i % n)], c[i]);
            }
        }

        return c;
    }

    /// <summary>In double precision.</summary>
    public static double[] Softmax(float[] x, int columns) => [.. x.Chunk(columns).SelectMany(static row =>
    {
        var greatest = row.Max();
        var powers = Array.ConvertAll(row, value => Math.Exp((double)value - greatest));
        return powers.Select(power => power / powers.Sum());
    })];
}
