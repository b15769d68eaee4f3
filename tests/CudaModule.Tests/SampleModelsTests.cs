using Camshaft.Plugins.CudaModules.Tests.Samples;
using Camshaft.Testing.Cuda;
using Microsoft.Extensions.Logging;

namespace Camshaft.Plugins.CudaModules.Tests;

/// <summary>The samples through a whole engine, compared with plain C#. More shapes, each kernel by itself, are in <c>Samples</c>.</summary>
public sealed class SampleModelsTests
{
    [Theory]
    [InlineData(1)]
    [InlineData(256)]
    [InlineData(1000)]
    public async Task Vectors_of_any_length_are_added(int length)
    {
        await using var gpu = await StartAsync("vector_add");
        var (left, right) = (Numbers(length, 1), Numbers(length, 2));
        var (status, sum) = await gpu.InferAsync("vector_add", ([length], left), ([length], right));

        Assert.True(status.IsOk, status.Message);
        Assert.Equal(left.Zip(right, static (one, other) => one + other), sum);
    }

    [Fact]
    public async Task Channels_are_scaled_shifted_and_cut_at_zero()
    {
        await using var gpu = await StartAsync("scale_bias_relu");
        var (values, scale, bias) = (Numbers(3 * 100, 1), Numbers(100, 2), Numbers(100, 3));
        var (status, results) = await gpu.InferAsync("scale_bias_relu", ([3, 100], values), ([100], scale), ([100], bias));

        Assert.True(status.IsOk, status.Message);
        Assert.Equal(Reference.ScaleBiasRelu(values, scale, bias), results);
    }

    [Fact]
    public async Task Requests_with_scales_of_their_own_do_not_get_those_of_others()
    {
        await using var gpu = new GpuEngine();
        gpu.AddSample("scale_bias_relu", addition: "limits: { concurrency: 1 }\n");
        await gpu.StartAsync();
        var answers = Enumerable.Range(1, 50).Select(async index =>
        {
            var (values, scale, bias) = (Numbers(2 * 5, index), Numbers(5, index + 100), Numbers(5, index + 200));
            var (status, results) = await Task.Run(() => gpu.InferAsync("scale_bias_relu", ([2, 5], values), ([5], scale), ([5], bias)));
            Assert.True(status.IsOk, status.Message);
            Assert.Equal(Reference.ScaleBiasRelu(values, scale, bias), results);
        });

        await Task.WhenAll(answers);
    }

    [Theory]
    [InlineData(1, 1, 1)]
    [InlineData(16, 16, 16)]
    [InlineData(33, 17, 5)]
    public async Task Matrices_are_multiplied(int rows, int columns, int depth)
    {
        await using var gpu = await StartAsync("sgemm");
        var (left, right) = (Numbers(rows * depth, 1), Numbers(depth * columns, 2));
        var (status, product) = await gpu.InferAsync("sgemm", ([rows, depth], left), ([depth, columns], right));

        Assert.True(status.IsOk, status.Message);
        Assert.All(product, (value, index) =>
        {
            var expected = Enumerable.Range(0, depth).Sum(k => (double)left[(index / columns * depth) + k] * right[(k * columns) + (index % columns)]);
            Assert.Equal(expected, value, tolerance: 1e-4);
        });
    }

    [Fact]
    public async Task Softmax_sums_to_one_and_keeps_the_order_whether_recorded_or_not()
    {
        await using var gpu = await StartAsync("softmax");
        var values = Numbers(4 * 300, 1);
        for (var round = 0; round < 8; round++)
        {
            var (status, results) = await gpu.InferAsync("softmax", ([4, 300], values));

            Assert.True(status.IsOk, status.Message);
            var expected = values.Chunk(300).SelectMany(static row => row.Select(value => Math.Exp(value) / row.Sum(static other => Math.Exp(other))));
            Assert.All(expected.Zip(results), static pair => Assert.Equal(pair.First, pair.Second, tolerance: 1e-6));
        }

        Assert.True(gpu.Simulation.GraphLaunchCount > 0, "No sequence was recorded.");
    }

    [Fact]
    public async Task A_sequence_that_cannot_be_recorded_is_launched_kernel_by_kernel()
    {
        await using var gpu = new GpuEngine();
        gpu.AddSample("softmax");
        gpu.Simulation.Fail("cuGraphInstantiateWithFlags", status: 801);
        await gpu.StartAsync();
        for (var round = 0; round < 8; round++)
        {
            var (status, results) = await gpu.InferAsync("softmax", ([1, 2], [1f, 1f]));

            Assert.True(status.IsOk, status.Message);
            Assert.Equal([0.5f, 0.5f], results);
        }

        Assert.Contains("CUDA_ERROR_NOT_SUPPORTED", Assert.Single(gpu.Log.Get(LogLevel.Warning), static text => text.Contains("could not be recorded", StringComparison.Ordinal)), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Many_requests_at_once_get_their_own_answers()
    {
        await using var gpu = await StartAsync("vector_add", "softmax");
        var answers = Enumerable.Range(0, 200).Select(async index =>
        {
            var numbers = Numbers(1 + (index % 50), index);
            var (status, sum) = await Task.Run(() => gpu.InferAsync("vector_add", ([numbers.Length], numbers), ([numbers.Length], numbers)));
            Assert.True(status.IsOk, status.Message);
            Assert.Equal(numbers.Select(static number => number + number), sum);
        });

        await Task.WhenAll(answers);
    }

    [Fact]
    public async Task Requests_that_join_to_a_batch_get_their_own_rows()
    {
        await using var gpu = new GpuEngine();
        gpu.AddSample("softmax", addition: "limits: { concurrency: 1 }\nbatching: { max_batch_size: 16 }\n");
        await gpu.StartAsync();
        var answers = Enumerable.Range(0, 100).Select(async index =>
        {
            var values = Numbers((1 + (index % 3)) * 7, index);
            var (status, results) = await Task.Run(() => gpu.InferAsync("softmax", ([values.Length / 7, 7], values)));
            Assert.True(status.IsOk, status.Message);
            var expected = values.Chunk(7).SelectMany(static row => row.Select(value => Math.Exp(value) / row.Sum(static other => Math.Exp(other))));
            Assert.All(expected.Zip(results), static pair => Assert.Equal(pair.First, pair.Second, tolerance: 1e-6));
        });

        await Task.WhenAll(answers);
        Assert.Equal(16, gpu.Get("softmax").Batching!.MaxRows);
    }

    private static async Task<GpuEngine> StartAsync(params string[] samples)
    {
        var gpu = new GpuEngine(new SimulatedDriverOptions { Seed = samples[0].Length });
        foreach (var sample in samples)
        {
            gpu.AddSample(sample);
        }

        await gpu.StartAsync();
        return gpu;
    }

    private static float[] Numbers(int count, int seed)
    {
        var random = new Random(seed);
        return [.. Enumerable.Range(0, count).Select(_ => (random.NextSingle() * 2) - 1)];
    }
}
