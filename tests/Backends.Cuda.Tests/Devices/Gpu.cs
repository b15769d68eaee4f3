using System.Text;
using Camshaft.Backends.Cuda.Devices;
using Camshaft.Testing.Cuda;
using Microsoft.Extensions.Time.Testing;

namespace Camshaft.Backends.Cuda.Tests.Devices;

/// <summary>A simulated GPU as the engine has it, with one kernel: each number doubled and one added.</summary>
internal sealed unsafe class Gpu : IDisposable
{
    private static readonly byte[] Ptx = Encoding.UTF8.GetBytes("""
        .version 7.0
        .target sm_70
        .address_size 64
        .visible .entry twice_plus_one(.param .u64 source, .param .u64 target, .param .u32 count)
        {
            ret;
        }
        """);

    private readonly CudaModule _module;
    private readonly CudaFunction _kernel;

    public Gpu(SimulatedDriverOptions? options = null, CudaOptions? cudaOptions = null)
    {
        Simulation = new SimulatedDriver(options);
        Simulation.Register(new SimulatedKernel("twice_plus_one", [8, 8, 4], static launch =>
        {
            var count = launch.Get<int>(2);
            var source = launch.Read<int>(0, count);
            var target = launch.Write<int>(1, count);
            for (var i = 0; i < count; i++)
            {
                target[i] = (source[i] * 2) + 1;
            }
        }));
        var driver = new CudaDriver(Simulation.Resolve);
        Device = new CudaDevice(driver, driver.Describe(0), cudaOptions ?? new CudaOptions(), Clock);
        _module = CudaModule.Load(Device.Context, Ptx);
        _kernel = _module.FindFunction("twice_plus_one")!;
    }

    public FakeTimeProvider Clock { get; } = new();

    public SimulatedDriver Simulation { get; }

    public CudaDevice Device { get; }

    /// <summary>Enqueues the kernel where a backend would.</summary>
    public void Compute(IAcceleratorLane lane, nint source, nint target, int count)
    {
        var arguments = stackalloc void*[] { &source, &target, &count };
        _kernel.Launch(lane.Streams.Compute, new CudaExtent(1), new CudaExtent(32), 0, arguments);
    }

    /// <summary>Whether the kernel has made these of numbers that count up.</summary>
    public static bool IsRight(ReadOnlySpan<int> results, int first)
    {
        for (var i = 0; i < results.Length; i++)
        {
            if (results[i] != ((first + i) * 2) + 1)
            {
                return false;
            }
        }

        return true;
    }

    public void Dispose()
    {
        _module.Dispose();
        Device.Dispose();
        Simulation.Dispose();
    }
}
