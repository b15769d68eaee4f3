using Camshaft.GpuBenchmark.Lanes;

namespace Camshaft.GpuBenchmark.SelfCheck;

/// <summary>A batch of a sample, and what each number of its output is to be.</summary>
/// <param name="Workload">The batch.</param>
/// <param name="Expect">Computes one number from the inputs, in double precision.</param>
/// <param name="Tolerance">How far the device's number may be from it: it computes in single precision, and in another order.</param>
internal sealed record SampleCase(Workload Workload, Func<IReadOnlyList<float[]>, int, double> Expect, double Tolerance)
{
    /// <summary>Every sample, with lengths that fill its blocks and with some that do not.</summary>
    public static IReadOnlyList<SampleCase> All { get; } =
    [
        AddVectors(1),
        AddVectors(1000),
        ScaleBiasRelu(3, 100),
        ScaleBiasRelu(64, 256),
        Multiply(16, 16, 16),
        Multiply(33, 17, 5),
        Multiply(130, 70, 200),
        Softmax(1, 7),
        Softmax(4, 300),
    ];

    private static SampleCase AddVectors(int length) => new(Workload.AddVectors(length), static (inputs, index) => (double)inputs[0][index] + inputs[1][index], 1e-6);

    private static SampleCase ScaleBiasRelu(int rows, int channels) => new(
        Workload.ScaleBiasRelu(rows, channels),
        (inputs, index) => Math.Max(0, ((double)inputs[0][index] * inputs[1][index % channels]) + inputs[2][index % channels]),
        1e-6);

    private static SampleCase Multiply(int rows, int columns, int depth) => new(
        Workload.Multiply(rows, columns, depth),
        (inputs, index) => Enumerable.Range(0, depth).Sum(k => (double)inputs[0][(index / columns * depth) + k] * inputs[1][(k * columns) + (index % columns)]),
        1e-4);

    private static SampleCase Softmax(int rows, int columns) => new(
        Workload.Softmax(rows, columns),
        (inputs, index) => Math.Exp(inputs[0][index]) / inputs[0].AsSpan(index / columns * columns, columns).ToArray().Sum(static value => Math.Exp(value)),
        1e-5);
}
