using Camshaft.Testing.Cuda;

namespace Camshaft.GpuBenchmark;

/// <summary>
/// What the kernels of <c>samples/cuda</c> do, in C#, for sizes at which the simulation would be long about their PTX: an element that no thread of the
/// launch computes stays NaN. That the PTX does the same is tested with the samples, instruction by instruction.
/// </summary>
internal static class SampleKernels
{
    public static SimulatedKernel[] All { get; } =
    [
        new("vector_add", [8, 8, 8, 4], AddVectors),
        new("scale_bias_relu", [8, 8, 8, 8, 4, 4], ScaleBiasRelu),
        new("sgemm", [8, 8, 8, 4, 4, 4], Multiply),
        new("softmax_statistics", [8, 8, 4], FindStatistics),
        new("softmax_normalize", [8, 8, 8, 4], Normalize),
    ];

    private static void AddVectors(SimulatedLaunch launch)
    {
        var count = launch.Get<int>(3);
        var left = launch.Read<float>(0, count);
        var right = launch.Read<float>(1, count);
        var sum = launch.Write<float>(2, count);
        sum.Fill(float.NaN);
        for (var i = 0; i < Math.Min(count, launch.ThreadsX); i++)
        {
            sum[i] = left[i] + right[i];
        }
    }

    private static void ScaleBiasRelu(SimulatedLaunch launch)
    {
        var (count, channels) = (launch.Get<int>(4), launch.Get<int>(5));
        var values = launch.Read<float>(0, count);
        var scale = launch.Read<float>(1, channels);
        var bias = launch.Read<float>(2, channels);
        var results = launch.Write<float>(3, count);
        results.Fill(float.NaN);
        for (var i = 0; i < Math.Min(count, launch.ThreadsX); i++)
        {
            results[i] = Math.Max(0, MathF.FusedMultiplyAdd(values[i], scale[i % channels], bias[i % channels]));
        }
    }

    private static void Multiply(SimulatedLaunch launch)
    {
        var (rows, columns, depth) = (launch.Get<int>(3), launch.Get<int>(4), launch.Get<int>(5));
        var left = launch.Read<float>(0, (long)rows * depth);
        var right = launch.Read<float>(1, (long)depth * columns);
        var product = launch.Write<float>(2, (long)rows * columns);
        product.Fill(float.NaN);
        for (var row = 0; row < Math.Min(rows, launch.ThreadsY); row++)
        {
            for (var column = 0; column < Math.Min(columns, launch.ThreadsX); column++)
            {
                var sum = 0f;
                for (var k = 0; k < depth; k++)
                {
                    sum = MathF.FusedMultiplyAdd(left[(row * depth) + k], right[(k * columns) + column], sum);
                }

                product[(row * columns) + column] = sum;
            }
        }
    }

    private static void FindStatistics(SimulatedLaunch launch)
    {
        var columns = launch.Get<int>(2);
        var rows = (int)launch.Grid.X;
        var values = launch.Read<float>(0, (long)rows * columns);
        var statistics = launch.Write<float>(1, rows * 2);
        for (var row = 0; row < rows; row++)
        {
            var (greatest, sum) = (float.NegativeInfinity, 0f);
            foreach (var value in values.Slice(row * columns, columns))
            {
                greatest = Math.Max(greatest, value);
            }

            foreach (var value in values.Slice(row * columns, columns))
            {
                sum += MathF.Exp(value - greatest);
            }

            (statistics[row * 2], statistics[(row * 2) + 1]) = (greatest, sum);
        }
    }

    private static void Normalize(SimulatedLaunch launch)
    {
        var columns = launch.Get<int>(3);
        var rows = (int)launch.Grid.X;
        var values = launch.Read<float>(0, (long)rows * columns);
        var statistics = launch.Read<float>(1, rows * 2);
        var results = launch.Write<float>(2, (long)rows * columns);
        results.Fill(float.NaN);
        for (var row = 0; row < rows; row++)
        {
            for (var column = 0; column < Math.Min(columns, (long)launch.Grid.Y * launch.Block.X); column++)
            {
                results[(row * columns) + column] = MathF.Exp(values[(row * columns) + column] - statistics[row * 2]) / statistics[(row * 2) + 1];
            }
        }
    }
}
