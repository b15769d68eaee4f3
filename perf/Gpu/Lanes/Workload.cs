namespace Camshaft.GpuBenchmark.Lanes;

/// <summary>A batch of one of the samples.</summary>
/// <param name="Sample">The sample's name.</param>
/// <param name="InputShapes">The dimensions of each input, all FP32.</param>
/// <param name="OutputCount">How many numbers the one output has.</param>
internal sealed record Workload(string Sample, IReadOnlyList<long[]> InputShapes, int OutputCount)
{
    /// <summary>How many numbers an input has.</summary>
    public int GetInputCount(int index) => (int)InputShapes[index].Aggregate(1L, static (product, length) => product * length);

    public static Workload AddVectors(int length) => new("vector_add", [[length], [length]], length);

    public static Workload ScaleBiasRelu(int rows, int channels) => new("scale_bias_relu", [[rows, channels], [channels], [channels]], rows * channels);

    public static Workload Multiply(int rows, int columns, int depth) => new("sgemm", [[rows, depth], [depth, columns]], rows * columns);

    public static Workload Softmax(int rows, int columns) => new("softmax", [[rows, columns]], rows * columns);

    /// <inheritdoc/>
    public override string ToString() => $"{Sample} {string.Join(" ", InputShapes.Select(static shape => $"[{string.Join(", ", shape)}]"))}";
}
