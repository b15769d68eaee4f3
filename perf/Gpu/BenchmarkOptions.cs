namespace Camshaft.GpuBenchmark;

/// <summary>What is run, and how.</summary>
internal sealed record BenchmarkOptions
{
    /// <summary>The GPU's number.</summary>
    public int Ordinal { get; init; }

    /// <summary>Whether it is a simulated one: sizes are small, and no time means anything.</summary>
    public bool IsSimulated { get; init; }

    /// <summary>Whether less of everything is measured.</summary>
    public bool IsQuick { get; init; }

    /// <summary>Where the file for programs goes; null = none is written.</summary>
    public string? OutputDirectory { get; init; }

    /// <summary>How much is measured.</summary>
    public BenchmarkSizes Sizes => IsSimulated ? BenchmarkSizes.Simulated : IsQuick ? BenchmarkSizes.Quick : BenchmarkSizes.Real;
}
