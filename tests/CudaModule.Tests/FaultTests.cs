using Camshaft.Backends;
using Camshaft.Engine.Models;
using Camshaft.Plugins.CudaModules.Tests.Samples;
using Camshaft.Testing;
using Camshaft.Testing.Cuda;

namespace Camshaft.Plugins.CudaModules.Tests;

/// <summary>What goes wrong on a GPU, through a whole engine: it stays the model's, or the request's, or the device's.</summary>
public sealed class FaultTests
{
    private const string Ptx = """
        .version 7.0
        .target sm_70
        .address_size 64
        .visible .entry vector_add(.param .u64 a, .param .u64 b, .param .u64 c, .param .u32 n)
        {
            ret;
        }
        """;

    private static readonly (long[], float[]) Pair = ([2], [1f, 2f]);

    [Theory]
    [InlineData("kernels: []", "it names no kernel")]
    [InlineData("colour: red", "line 2")]
    [InlineData("kernels: [{ name: vector_add, grid: [1], block: [1], arguments: [A] }]", "'A', which is no input, output or scratch")]
    [InlineData("kernels: [{ name: vector_add, grid: [n], block: [1] }]", "'n' in 'n' is no symbol")]
    [InlineData("kernels: [{ name: vector_add, grid: [1] }]", "needs a grid and a block")]
    public async Task A_manifest_that_does_not_hold_together_is_named_with_its_fault(string manifest, string reason)
    {
        await using var gpu = new GpuEngine();
        gpu.Write("broken/1/module.yaml", "outputs: [{ name: C, datatype: FP32, shape: [1] }]\n" + manifest);
        gpu.Write("broken/1/module.ptx", Ptx);
        await gpu.StartAsync();

        Assert.Equal(ModelState.Failed, gpu.Get("broken").State);
        Assert.Contains(reason, gpu.Get("broken").Reason, StringComparison.Ordinal);
        Assert.Contains("module.yaml", gpu.Get("broken").Reason, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("vector_sub", "A, B, C, u32 n", "has no kernel 'vector_sub'")]
    [InlineData("vector_add", "A, B, C", "takes arguments of [8, 8, 8, 4] bytes; the manifest gives it arguments of [8, 8, 8]")]
    [InlineData("vector_add", "A, B, C, u64 n", "the manifest gives it arguments of [8, 8, 8, 8]")]
    public async Task A_kernel_that_the_module_has_not_in_that_form_is_refused(string kernel, string arguments, string reason)
    {
        await using var gpu = new GpuEngine();
        gpu.Write("wrong/1/module.yaml", Manifest(kernel, arguments));
        gpu.Write("wrong/1/module.ptx", Ptx);
        await gpu.StartAsync();

        Assert.Contains(reason, gpu.Get("wrong").Reason, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_module_that_does_not_compile_fails_with_the_compilers_words()
    {
        await using var gpu = new GpuEngine();
        gpu.AddSample("vector_add");
        gpu.Write("vector_add/1/module.ptx", SampleText.Read("vector_add").Replace("add.rn.f32      %f3", "add.rn.f32      %f33", StringComparison.Ordinal));
        await gpu.StartAsync();

        Assert.Contains("module.ptx' cannot be loaded: cuModuleLoadDataEx failed: CUDA_ERROR_INVALID_PTX", gpu.Get("vector_add").Reason, StringComparison.Ordinal);
        Assert.Contains("The driver's compiler says: ptxas application ptx input, line 37; error   : Unknown symbol '%f33'", gpu.Get("vector_add").Reason, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_kernel_that_runs_over_its_memory_takes_its_device_out_of_service()
    {
        await using var gpu = new GpuEngine();
        gpu.AddSample("vector_add", addition: "warm_up: none\n");
        gpu.Write("vector_add/1/module.ptx", SampleText.Read("vector_add").Replace("mul.wide.u32    %rd4, %r4, 4", "mad.wide.u32    %rd4, %r4, 4, 1073741824", StringComparison.Ordinal));
        await gpu.StartAsync();
        var answer = gpu.InferAsync("vector_add", Pair, Pair);
        await gpu.Clock.AdvanceUntilAsync(TimeSpan.FromMilliseconds(10), () => answer.IsCompleted);

        var (status, _) = await answer;
        Assert.Contains("Kernel 'vector_add', line 35, thread (", Assert.Single(gpu.Simulation.TakeFailures()), StringComparison.Ordinal);
        Assert.Equal(StatusCode.Unavailable, status.Code);
        Assert.Contains("CUDA_ERROR_ILLEGAL_ADDRESS", status.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Shapes_that_make_no_grid_are_an_error_of_the_request()
    {
        await using var gpu = await StartAsync();
        var (status, _) = await gpu.InferAsync("vector_add", ([0], []), ([0], []));

        Assert.Equal(StatusCode.InvalidArgument, status.Code);
        Assert.Contains("'ceil_div(n, 256)' is 0; expected 1 to", status.Message, StringComparison.Ordinal);
        Assert.True((await gpu.InferAsync("vector_add", Pair, Pair)).Status.IsOk);
    }

    [Fact]
    public async Task Inputs_that_disagree_about_a_length_are_an_error_of_the_request()
    {
        await using var gpu = await StartAsync();
        var (status, _) = await gpu.InferAsync("vector_add", Pair, ([3], [1f, 2f, 3f]));

        Assert.Equal(StatusCode.InvalidArgument, status.Code);
        Assert.Contains("'n'", status.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Device_memory_that_is_used_up_is_an_error_of_the_request()
    {
        await using var gpu = await StartAsync("limits: { device_memory_bytes: 4096 }\n");
        var large = ((long[])[1000], new float[1000]);
        var (status, _) = await gpu.InferAsync("vector_add", large, large);

        Assert.Equal(StatusCode.ResourceExhausted, status.Code);
        Assert.Contains("its limit is 4096 bytes", status.Message, StringComparison.Ordinal);
        Assert.True((await gpu.InferAsync("vector_add", Pair, Pair)).Status.IsOk);
    }

    [Fact]
    public async Task Host_memory_that_cannot_be_locked_is_an_error_of_the_request()
    {
        await using var gpu = await StartAsync();
        gpu.Simulation.FailForMemory("cuMemHostAlloc");
        var large = ((long[])[5000], new float[5000]);

        Assert.Equal(StatusCode.ResourceExhausted, (await gpu.InferAsync("vector_add", large, large)).Status.Code);
        Assert.True((await gpu.InferAsync("vector_add", large, large)).Status.IsOk);
    }

    [Fact]
    public async Task A_launch_that_the_driver_refuses_is_an_error_of_the_request()
    {
        await using var gpu = await StartAsync();
        gpu.Simulation.Fail("cuLaunchKernel", status: 701);
        var (status, _) = await gpu.InferAsync("vector_add", Pair, Pair);

        Assert.Equal(StatusCode.ResourceExhausted, status.Code);
        Assert.Contains("CUDA_ERROR_LAUNCH_OUT_OF_RESOURCES", status.Message, StringComparison.Ordinal);
        Assert.StartsWith("Model 'vector_add' version 1: ", status.Message, StringComparison.Ordinal);
        Assert.True((await gpu.InferAsync("vector_add", Pair, Pair)).Status.IsOk);
    }

    [Fact]
    public async Task A_kernel_that_faults_takes_its_device_out_of_service_and_no_other_model()
    {
        await using var gpu = await StartAsync();
        await gpu.LoseDeviceAsync("vector_add", "vector_add", Pair, Pair);

        Assert.Contains("GPU 0 has failed", gpu.Get("vector_add").Reason, StringComparison.Ordinal);
        Assert.Equal(StatusCode.Unavailable, (await gpu.InferAsync("vector_add", Pair, Pair)).Status.Code);
        var (status, same) = await gpu.InferAsync("on_processors", Pair);
        Assert.True(status.IsOk, status.Message);
        Assert.Equal([1f, 2f], same);
    }

    [Fact]
    public async Task A_model_with_a_part_of_the_GPU_needs_a_driver_that_has_parts()
    {
        await using var gpu = new GpuEngine(new SimulatedDriverOptions { Version = 12000 });
        gpu.AddSample("vector_add", addition: "limits: { device_share: 0.25 }\n");
        await gpu.StartAsync();

        Assert.Contains("CUDA 12.5", gpu.Get("vector_add").Reason, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("A, B, C", "9223372036854775807 * n", "64 bits")]
    [InlineData("A, B, C", "2147483648 * n", "expected 1 to 2147483647")]
    public async Task A_grid_that_overflows_is_an_error_of_the_request(string arguments, string grid, string reason)
    {
        await using var gpu = new GpuEngine();
        gpu.Write("large/1/module.yaml", Manifest("vector_add", $"{arguments}, u32 n").Replace("[\"n\"]", $"[\"{grid}\"]", StringComparison.Ordinal));
        gpu.Write("large/1/module.ptx", Ptx);
        await gpu.StartAsync();
        var (status, _) = await gpu.InferAsync("large", Pair, Pair);

        Assert.Equal(StatusCode.InvalidArgument, status.Code);
        Assert.Contains(reason, status.Message, StringComparison.Ordinal);
        Assert.Null(gpu.Get("large").Reason);
    }

    [Theory]
    [InlineData("[\"n * 1073741824\"]", "0", StatusCode.InvalidArgument, "a tensor has at most 2147483647 bytes")]
    [InlineData("[\"n * 4611686018427387904\"]", "0", StatusCode.InvalidArgument, "does not fit 64 bits")]
    [InlineData("[n]", "n * 4611686018427387904", StatusCode.InvalidArgument, "does not fit 64 bits")]
    [InlineData("[n]", "n * 4611686018427387903", StatusCode.ResourceExhausted, "needs 9223372036854775807 bytes of memory on GPU 0")]
    [InlineData("[n]", "n * 1099511627776", StatusCode.ResourceExhausted, "bytes that models may take together")]
    public async Task Outputs_and_scratch_that_overflow_are_an_error_of_the_request(string shape, string scratch, StatusCode code, string reason)
    {
        await using var gpu = new GpuEngine();
        gpu.Write("large/1/module.yaml", Manifest("vector_add", "A, B, C, u32 n").Replace("shape: [n] }]\nkernels", $"shape: {shape} }}]\nscratch: [{{ name: S, bytes: \"{scratch}\" }}]\nkernels", StringComparison.Ordinal));
        gpu.Write("large/1/module.ptx", Ptx);
        gpu.AddSample("vector_add");
        await gpu.StartAsync();
        for (var round = 0; round < 10; round++)
        {
            var (status, _) = await gpu.InferAsync("large", Pair, Pair);
            Assert.Equal(code, status.Code);
            Assert.Contains(reason, status.Message, StringComparison.Ordinal);
        }

        // It is not the model's fault, and what was refused is not counted.
        Assert.Equal(ModelState.Ready, gpu.Get("large").State);
        Assert.InRange(gpu.Get("large").MeasureFootprint().DeviceByteSize, 0, 1 << 20);
        Assert.True((await gpu.InferAsync("vector_add", Pair, Pair)).Status.IsOk);
    }

    [Fact]
    public async Task Memory_that_another_process_has_taken_is_an_error_of_the_request_until_it_is_back()
    {
        await using var gpu = await StartAsync();
        gpu.Simulation.UseElsewhere(64 << 20);
        var (status, _) = await gpu.InferAsync("vector_add", Pair, Pair);

        Assert.Equal(StatusCode.ResourceExhausted, status.Code);
        Assert.Contains("0 bytes are free, and other processes may hold the rest", status.Message, StringComparison.Ordinal);
        gpu.Simulation.UseElsewhere(-(64 << 20));
        Assert.True((await gpu.InferAsync("vector_add", Pair, Pair)).Status.IsOk);
    }

    [Fact]
    public async Task Without_a_GPU_the_model_says_what_the_server_has()
    {
        await using var gpu = new GpuEngine(new SimulatedDriverOptions { DeviceCount = 0 });
        gpu.AddSample("vector_add");
        await gpu.StartAsync();

        Assert.Contains("backend 'cuda_module' cannot run on 'cuda'; it can use cuda, and the server has cpu:0", gpu.Get("vector_add").Reason, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Loading_and_unloading_leaves_nothing_on_the_device()
    {
        await using var gpu = await StartAsync();
        for (var cycle = 0; cycle < 20; cycle++)
        {
            Assert.True((await gpu.InferAsync("vector_add", Pair, Pair)).Status.IsOk);
            await gpu.ReloadAsync("vector_add");
        }

        // The last load's warm-up is over, and no request has come since: the lanes are gone, and so are their streams and memory.
        Assert.DoesNotContain(gpu.Simulation.StreamKinds, static kind => kind.Priority == -2);
        Assert.Equal(0, gpu.Get("vector_add").MeasureFootprint().DeviceByteSize);
    }

    private static string Manifest(string kernel, string arguments) => $$"""
        inputs: [{ name: A, datatype: FP32, shape: [n] }, { name: B, datatype: FP32, shape: [n] }]
        outputs: [{ name: C, datatype: FP32, shape: [n] }]
        kernels: [{ name: {{kernel}}, grid: ["n"], block: [1], arguments: [{{arguments}}] }]
        """;

    private static async Task<GpuEngine> StartAsync(string addition = "")
    {
        var gpu = new GpuEngine();
        gpu.AddSample("vector_add", addition: addition);
        gpu.Write("on_processors/1/model.sample", "operation: identity\n");
        await gpu.StartAsync();
        Assert.Null(gpu.Get("vector_add").Reason);
        return gpu;
    }
}
