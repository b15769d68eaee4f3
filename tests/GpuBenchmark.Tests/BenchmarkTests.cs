using System.Text.Json;
using Camshaft.Backends.Cuda;
using Camshaft.Testing;
using Camshaft.Testing.Cuda;
using Microsoft.Extensions.Time.Testing;

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
        string[] parts = ["check", "latency", "completion", "neighbour", "overlap", "copy", "concurrency", "joining", "cycles"];

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
    public void Without_a_driver_it_says_so_and_so_does_its_file()
    {
        using var directory = new TempDirectory();
        var benchmark = new Benchmark(static () => throw new CudaUnavailableException("no NVIDIA driver: 'libcuda.so.1' is not there"), new BenchmarkOptions { OutputDirectory = directory.FullPath });

        Assert.Equal(1, benchmark.Run(["facts"], _output, _errors));
        Assert.Contains("no NVIDIA driver: 'libcuda.so.1' is not there", _errors.ToString(), StringComparison.Ordinal);
        Assert.Contains("no NVIDIA driver: 'libcuda.so.1' is not there", File.ReadAllText(Path.Combine(directory.FullPath, "gpu.json")), StringComparison.Ordinal);
        Assert.Empty(_output.ToString());
    }

    [Fact]
    public void A_file_that_cannot_be_written_ends_no_measurement()
    {
        using var simulation = Simulation.Start();
        using var directory = new TempDirectory();
        var occupied = Path.Combine(directory.FullPath, "occupied");
        File.WriteAllText(occupied, "");
        var options = new BenchmarkOptions { IsSimulated = true, OutputDirectory = Path.Combine(occupied, "below") };

        Assert.Equal(1, new Benchmark(() => new CudaDriver(simulation.Resolve), options).Run(["facts", "latency"], _output, _errors));
        Assert.Contains("### Latency", _output.ToString(), StringComparison.Ordinal);
        Assert.StartsWith("The results cannot be written: ", Assert.Single(_errors.ToString().Split(Environment.NewLine, StringSplitOptions.RemoveEmptyEntries)), StringComparison.Ordinal);
    }

    [Fact]
    public void Shares_that_the_driver_refuses_leave_what_was_measured_without()
    {
        using var simulation = Simulation.Start();
        simulation.Fail("cuCtxFromGreenCtx", status: 801);

        Assert.Equal(1, Run(simulation, "neighbour"));
        Assert.Contains("| priorities |", _output.ToString(), StringComparison.Ordinal);
        Assert.Contains("| share of 0.25, reserved |", _output.ToString(), StringComparison.Ordinal);
        Assert.Contains("neighbour: share of 0.25, sgemm anywhere: GPU 0: cuCtxFromGreenCtx failed: CUDA_ERROR_NOT_SUPPORTED", _errors.ToString(), StringComparison.Ordinal);
    }

    [Fact]
    public void A_gpu_that_is_not_there_is_refused_by_its_number()
    {
        using var simulation = Simulation.Start();

        Assert.Equal(1, new Benchmark(() => new CudaDriver(simulation.Resolve), new BenchmarkOptions { Ordinal = 1, IsSimulated = true }).Run(["facts"], _output, _errors));
        Assert.Contains("There is no GPU 1: the driver shows 1.", _errors.ToString(), StringComparison.Ordinal);
    }

    [Fact]
    public void The_small_models_multiprocessors_are_no_others_when_they_are_reserved()
    {
        using var simulation = Simulation.Start();

        Assert.Equal((0, ""), (Run(simulation, "neighbour"), _errors.ToString()));
        Assert.Contains("| share of 0.25, reserved |", _output.ToString(), StringComparison.Ordinal);
        Assert.Contains("- Reserved are 8 of 32 multiprocessors; the others are sgemm's.", _output.ToString(), StringComparison.Ordinal);
    }

    [Fact]
    public void Every_way_to_learn_of_a_batchs_end_is_measured_on_each_number_of_lanes()
    {
        using var simulation = Simulation.Start();
        Run(simulation, "completion");

        Assert.All(["| 1 | the driver calls |", "| 2 | polled, spinning |", "| 16 | polled every 20 µs |"], row => Assert.Contains(row, _output.ToString(), StringComparison.Ordinal));
    }

    [Theory]
    [InlineData("cuMemHostAlloc", "concurrency", 5)]
    [InlineData("cuStreamCreateWithPriority", "concurrency", 8)]
    [InlineData("cuEventCreate", "concurrency", 4)]
    [InlineData("cuMemHostAlloc", "completion", 2)]
    [InlineData("cuEventCreate", "completion", 4)]
    public void Lanes_made_before_one_that_fails_are_given_back(string call, string part, int skip)
    {
        using var simulation = Simulation.Start();
        simulation.Fail(call, status: 2, skip);

        Assert.Equal(1, Run(simulation, part));
        Assert.StartsWith($"{part}: ", _errors.ToString(), StringComparison.Ordinal);
    }

    [Fact]
    public void What_was_found_is_in_a_file_for_programs_too()
    {
        using var directory = new TempDirectory();
        using var simulation = Simulation.Start();
        simulation.RefuseModule("ptxas error");
        Assert.Equal(1, new Benchmark(() => new CudaDriver(simulation.Resolve), new BenchmarkOptions { IsSimulated = true, OutputDirectory = directory.FullPath }).Run(["latency", "copy"], _output, _errors));
        using var file = JsonDocument.Parse(File.ReadAllText(Path.Combine(directory.FullPath, "gpu.json")));
        var parts = file.RootElement.GetProperty("parts");

        Assert.True(file.RootElement.GetProperty("simulated").GetBoolean());
        Assert.Equal(["latency", "copy"], parts.EnumerateArray().Select(static part => part.GetProperty("part").GetString()));
        Assert.StartsWith("cuModuleLoadDataEx failed", parts[0].GetProperty("failures")[0].GetString(), StringComparison.Ordinal);
        var table = parts[1].GetProperty("report").GetProperty("table");
        Assert.Equal("lane / cuMemcpy", table.GetProperty("columns")[5].GetString());
        Assert.Equal(8, table.GetProperty("rows").GetArrayLength());
        Assert.True(table.GetProperty("rows")[0][4].GetDouble() > 0);
    }

    [Fact]
    public void A_part_whose_time_is_over_reports_what_it_has_or_says_that_there_is_nothing()
    {
        using var simulation = Simulation.Start();
        using var workbench = new Workbench(new CudaDriver(simulation.Resolve), 0, BenchmarkSizes.Simulated) { Limit = new TimeLimit(TimeSpan.Zero) };

        Assert.Equal(3, Benchmark.Parts.Single(static part => part.Name == "latency").Run(workbench).Table.Rows.Count);
        Assert.Contains("The time was over after 0 of 60 cycles.", Benchmark.Parts.Single(static part => part.Name == "cycles").Run(workbench).Notes);
        Assert.Throws<TimeoutException>(() => Benchmark.Parts.Single(static part => part.Name == "concurrency").Run(workbench));
    }

    [Fact]
    public void A_benchmark_that_hangs_is_ended()
    {
        var clock = new FakeTimeProvider();
        var endCount = 0;
        using var watchdog = new Watchdog(BenchmarkSizes.Quick.MostTime(2), _errors, () => endCount++, clock);
        clock.Advance(TimeSpan.FromSeconds(109));
        Assert.Equal(0, endCount);
        clock.Advance(TimeSpan.FromSeconds(2));

        Assert.Equal(1, endCount);
        Assert.Contains("ended after 110 s", _errors.ToString(), StringComparison.Ordinal);
    }

    private int Run(SimulatedDriver simulation, params string[] parts) =>
        new Benchmark(() => new CudaDriver(simulation.Resolve), new BenchmarkOptions { IsSimulated = true }).Run(parts, _output, _errors);
}
