using System.Text;
using Camshaft.Testing.Cuda;

namespace Camshaft.Backends.Cuda.Tests;

public sealed unsafe class ModuleTests
{
    private static readonly byte[] Ptx = Encoding.UTF8.GetBytes("""
        .version 7.0
        .target sm_70
        .address_size 64
        .visible .entry increment(.param .u64 data, .param .u32 count)
        {
            ret;
        }
        """);

    private static readonly SimulatedKernel Increment = new("increment", [8, 4], static launch =>
    {
        var count = launch.Get<int>(1);
        var values = launch.Read<int>(0, count).ToArray();
        var results = launch.Write<int>(0, count);
        for (var i = 0; i < Math.Min(count, launch.ThreadsX); i++)
        {
            results[i] = values[i] + 1;
        }
    });

    [Fact]
    public void A_kernel_changes_the_devices_memory()
    {
        using var device = new Device();
        device.Simulation.Register(Increment);
        using var module = CudaModule.Load(device.Context, Ptx);
        var kernel = module.FindFunction("increment")!;

        Assert.Equal([8, 4], kernel.ArgumentByteSizes!);
        Assert.Equal(8, RunOn(device, (stream, data) => Launch(kernel, stream, data)));
    }

    [Fact]
    public void A_graph_runs_what_was_recorded_each_time_that_it_is_launched()
    {
        using var device = new Device();
        device.Simulation.Register(Increment);
        using var module = CudaModule.Load(device.Context, Ptx);
        var kernel = module.FindFunction("increment")!;
        CudaGraph? graph = null;

        var result = RunOn(device, (stream, data) =>
        {
            graph = CudaGraph.Capture(device.Context, stream.Value, () => Launch(kernel, stream, data));
            graph.Launch(stream.Value);
            graph.Launch(stream.Value);
        });

        graph!.Dispose();
        Assert.Equal(9, result);
    }

    [Fact]
    public void A_stream_records_no_more_when_recording_has_failed()
    {
        using var device = new Device();
        using var stream = device.CreateStream();

        Assert.Throws<InvalidOperationException>(() => CudaGraph.Capture(device.Context, stream.Value, static () => throw new InvalidOperationException()));
        CudaGraph.Capture(device.Context, stream.Value, static () => { }).Dispose();
    }

    [Fact]
    public void A_module_that_does_not_compile_is_refused_with_the_compilers_words()
    {
        using var device = new Device();
        device.Simulation.RefuseModule("ptxas application ptx input, line 7; error : Unknown symbol 'x'");

        var refusal = Assert.Throws<BackendException>(() => CudaModule.Load(device.Context, Ptx));
        Assert.Equal(StatusCode.InvalidArgument, refusal.Code);
        Assert.Contains("CUDA_ERROR_INVALID_PTX", refusal.Message, StringComparison.Ordinal);
        Assert.Contains("line 7; error : Unknown symbol 'x'", refusal.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void A_symbol_that_is_nowhere_is_the_modules_fault_with_the_compilers_words()
    {
        using var device = new Device();
        device.Simulation.RefuseModule("error   : Undefined reference to 'helper'", status: 302);

        var refusal = Assert.Throws<BackendException>(() => CudaModule.Load(device.Context, Ptx));
        Assert.Equal(StatusCode.InvalidArgument, refusal.Code);
        Assert.Contains("Undefined reference to 'helper'", refusal.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void A_driver_without_its_compiler_cannot_take_PTX()
    {
        using var device = new Device();
        device.Simulation.RefuseModule("", status: 221);

        var refusal = Assert.Throws<CudaException>(() => CudaModule.Load(device.Context, Ptx));
        Assert.Equal((StatusCode.Unsupported, false), (refusal.Code, refusal.IsSticky));
    }

    [Fact]
    public void A_kernel_that_a_module_has_not_is_not_found()
    {
        using var device = new Device();
        using var module = CudaModule.Load(device.Context, Ptx);

        Assert.Null(module.FindFunction("decrement"));
    }

    [Fact]
    public void A_launch_without_blocks_is_refused()
    {
        using var device = new Device();
        device.Simulation.Register(Increment);
        using var module = CudaModule.Load(device.Context, Ptx);
        using var stream = device.CreateStream();
        var arguments = stackalloc void*[2];
        nint zero = 0;
        arguments[0] = arguments[1] = &zero;

        Assert.Equal("cuLaunchKernel of 'increment'", Refused(() => module.FindFunction("increment")!.Launch(stream.Value, new CudaExtent(0), new CudaExtent(1), 0, arguments)).Call);
    }

    [Fact]
    public void A_kernel_that_faults_loses_the_device()
    {
        using var device = new Device();
        device.Simulation.Register(Increment);
        device.Simulation.FailKernel("increment");
        using var module = CudaModule.Load(device.Context, Ptx);
        using var stream = device.CreateStream();
        Launch(module.FindFunction("increment")!, stream, 0);

        Assert.True(Refused(stream.Synchronize).IsSticky);
        Assert.True(Refused(() => CudaEvent.Create(device.Context, keepsTime: false)).IsSticky);
    }

    private static CudaException Refused(Action action) => Assert.Throws<CudaException>(action);

    private static void Launch(CudaFunction kernel, CudaStream stream, nint data)
    {
        var count = 1;
        var arguments = stackalloc void*[] { &data, &count };
        kernel.Launch(stream.Value, new CudaExtent(1), new CudaExtent(32), 0, arguments);
    }

    // Gives a kernel the number 7.
    private static int RunOn(Device device, Action<CudaStream, nint> run)
    {
        using var stream = device.CreateStream();
        var host = device.Allocate(7, 0, 0, 0);
        var data = device.Pool.TryAllocate(4, stream);
        stream.CopyIn(data, host, 4);
        run(stream, data);
        stream.CopyOut(host, data, 4);
        device.Pool.Free(data, stream);
        stream.Synchronize();
        var result = *(int*)host;
        device.Host.Free(host, 4);
        return result;
    }
}
