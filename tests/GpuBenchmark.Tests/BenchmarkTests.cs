using Camshaft.Backends.Cuda;
using Camshaft.Testing.Cuda;

namespace Camshaft.GpuBenchmark.Tests;

/// <summary>The benchmark on the simulated driver, which fails a test when a part uses it wrongly or leaves something behind.</summary>
public sealed class BenchmarkTests
{
    private readonly StringWriter _output = new();
    private readonly StringWriter _errors = new();

    public static TheoryData<string> PartNames => [.. Benchmark.Parts.Select(static part => part.Name)];

    [Theory]
    [MemberData(nameof(PartNames))]
    public void Every_part_runs_to_its_end(string part)
    {
        using var simulation = Simulation.Start();

        Assert.Equal((0, ""), (Run(simulation, part), _errors.ToString()));
        Assert.Equal(1, _output.ToString().Split('\n').Count(static line => line.StartsWith("### ", StringComparison.Ordinal)));
    }

    [Fact]
    public void The_samples_pass_the_self_check()
    {
        using var simulation = Simulation.Start();
        Run(simulation, "check");

        Assert.Contains("### Self-check: 9 of 9 passed", _output.ToString(), StringComparison.Ordinal);
        Assert.True(simulation.GraphLaunchCount > 0, "No sequence of kernels was recorded.");
    }

    [Fact]
    public void The_samples_pass_the_self_check_with_their_PTX_too()
    {
        using var simulation = new SimulatedDriver(new SimulatedDriverOptions { RunsByItself = true });
        Run(simulation, "check");

        Assert.Contains("### Self-check: 9 of 9 passed", _output.ToString(), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(0.01f)]
    [InlineData(float.NaN)]
    public void A_kernel_that_computes_something_else_fails_the_self_check(float error)
    {
        using var simulation = Simulation.Start();
        simulation.Register(new SimulatedKernel("vector_add", [8, 8, 8, 4], launch => launch.Write<float>(2, launch.Get<int>(3)).Fill(error)));

        Assert.Equal(1, Run(simulation, "check"));
        Assert.Contains("### Self-check: 7 of 9 passed", _output.ToString(), StringComparison.Ordinal);
        Assert.Contains("check: vector_add [1000] [1000] deviates by", _errors.ToString(), StringComparison.Ordinal);
    }

    [Fact]
    public void A_part_that_the_device_refuses_does_not_end_the_others()
    {
        using var simulation = Simulation.Start();
        simulation.RefuseModule("ptxas error");

        Assert.Equal(1, Run(simulation, "latency", "concurrency"));
        Assert.StartsWith("latency: cuModuleLoadDataEx failed: CUDA_ERROR_INVALID_PTX", _errors.ToString(), StringComparison.Ordinal);
        Assert.Contains("### Concurrency", _output.ToString(), StringComparison.Ordinal);
    }

    [Fact]
    public void A_device_that_fails_ends_each_part_with_its_reason()
    {
        using var simulation = Simulation.Start();
        simulation.FailKernel("sgemm");
        string[] parts = ["check", "copy", "overlap", "latency", "concurrency", "neighbour", "cycles"];

        Assert.Equal(1, Run(simulation, parts));
        var lines = _errors.ToString().Split(Environment.NewLine, StringSplitOptions.RemoveEmptyEntries);
        Assert.Equal(parts, lines.Select(static line => line.Split(':')[0]));
        Assert.All(lines, static line => Assert.Contains("CUDA_ERROR_ILLEGAL_ADDRESS", line, StringComparison.Ordinal));
    }

    [Fact]
    public void A_device_that_fails_under_busy_lanes_ends_the_part()
    {
        using var simulation = Simulation.Start();
        simulation.FailKernel("sgemm");

        Assert.Equal(1, Run(simulation, "concurrency"));
        Assert.Contains("concurrency: GPU 0 has failed", _errors.ToString(), StringComparison.Ordinal);
    }

    [Fact]
    public void Without_green_contexts_the_other_rows_are_measured()
    {
        using var simulation = new SimulatedDriver(new SimulatedDriverOptions { RunsByItself = true, Version = 12000 });
        simulation.Register(SampleKernels.All);

        Assert.Equal(0, Run(simulation, "neighbour"));
        Assert.Contains("| priorities |", _output.ToString(), StringComparison.Ordinal);
        Assert.Contains("This driver has no green contexts", _output.ToString(), StringComparison.Ordinal);
    }

    [Fact]
    public void Without_a_driver_it_says_so()
    {
        var benchmark = new Benchmark(static () => throw new CudaUnavailableException("no NVIDIA driver: 'libcuda.so.1' is not there"), 0, isSimulated: false);

        Assert.Equal(1, benchmark.Run(["facts"], _output, _errors));
        Assert.Contains("no NVIDIA driver: 'libcuda.so.1' is not there", _errors.ToString(), StringComparison.Ordinal);
        Assert.Empty(_output.ToString());
    }

    [Fact]
    public void A_gpu_that_is_not_there_is_refused_by_its_number()
    {
        using var simulation = Simulation.Start();

        Assert.Equal(1, new Benchmark(() => new CudaDriver(simulation.Resolve), 1, isSimulated: true).Run(["facts"], _output, _errors));
        Assert.Contains("There is no GPU 1: the driver shows 1.", _errors.ToString(), StringComparison.Ordinal);
    }

    private int Run(SimulatedDriver simulation, params string[] parts) => new Benchmark(() => new CudaDriver(simulation.Resolve), 0, isSimulated: true).Run(parts, _output, _errors);
}
