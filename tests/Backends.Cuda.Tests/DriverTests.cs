using Camshaft.Backends.Cuda.Native;
using Camshaft.Testing.Cuda;

namespace Camshaft.Backends.Cuda.Tests;

public sealed class DriverTests
{
    [Fact]
    public void A_machine_without_the_library_is_told_its_name()
    {
        Assert.SkipWhen(System.Runtime.InteropServices.NativeLibrary.TryLoad(CudaLibrary.FileName, out _), "There is a driver here.");

        var refusal = Assert.Throws<CudaUnavailableException>(CudaDriver.Load);
        Assert.Contains(CudaLibrary.FileName, refusal.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void An_old_driver_is_refused_with_the_function_that_it_lacks()
    {
        using var simulation = new SimulatedDriver(new SimulatedDriverOptions { MissingFunctions = ["cuMemAllocFromPoolAsync"] });

        var refusal = Assert.Throws<CudaUnavailableException>(() => new CudaDriver(simulation.Resolve));
        Assert.Contains("'cuMemAllocFromPoolAsync' of CUDA 12.0", refusal.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void A_driver_that_finds_no_device_is_refused_in_its_own_words()
    {
        using var simulation = new SimulatedDriver(new SimulatedDriverOptions { DeviceCount = 0 });

        var refusal = Assert.Throws<CudaUnavailableException>(() => new CudaDriver(simulation.Resolve));
        Assert.Contains("cuInit failed: CUDA_ERROR_NO_DEVICE", refusal.Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(12040, false)]
    [InlineData(12050, true)]
    public void Green_contexts_are_there_from_CUDA_12_5_on(int version, bool areThere)
    {
        using var simulation = new SimulatedDriver(new SimulatedDriverOptions { Version = version });

        Assert.Equal(areThere, new CudaDriver(simulation.Resolve).HasGreenContexts);
    }

    [Fact]
    public void A_driver_without_green_contexts_says_what_would_have_them()
    {
        using var device = new Device(new SimulatedDriverOptions { Version = 12000 });

        var refusal = Assert.Throws<CudaUnavailableException>(() => CudaMultiprocessors.Split(device.Context));
        Assert.Contains("CUDA 12.5", refusal.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void A_device_is_described_as_the_driver_has_it()
    {
        using var device = new Device(new SimulatedDriverOptions { MemoryByteSize = 1 << 20 });
        var info = device.Driver.Describe(0);

        Assert.Equal(("Simulated GPU 0", "0000:00:00.0", 1L << 20), (info.Name, info.PciBusId, info.MemoryByteSize));
        Assert.Equal((32, new Version(9, 0), 2, true), (info.MultiprocessorCount, info.ComputeCapability, info.CopyEngineCount, info.HasMemoryPools));
        Assert.Equal("12.8", device.Driver.Version);
    }

    [Fact]
    public void A_failed_call_is_named_with_the_drivers_name_for_it()
    {
        using var device = new Device();
        device.Simulation.Fail("cuEventCreate", status: 801);

        var failure = Assert.Throws<CudaException>(() => CudaEvent.Create(device.Context, keepsTime: false));
        Assert.Equal("cuEventCreate", failure.Call);
        Assert.StartsWith("cuEventCreate failed: CUDA_ERROR_NOT_SUPPORTED", failure.Message, StringComparison.Ordinal);
        Assert.Equal(StatusCode.Unsupported, failure.Code);
    }

    [Fact]
    public void A_context_stays_until_the_last_of_its_objects_is_gone()
    {
        using var simulation = new SimulatedDriver();
        var context = new CudaDriver(simulation.Resolve).RetainContext(0);
        var stream = CudaStream.Create(context, priority: 0);

        context.Dispose();
        Assert.True(stream.IsIdle);
        stream.Dispose();
    }

    [Fact]
    public void Locked_memory_that_is_not_to_be_had_is_out_of_memory()
    {
        using var device = new Device();
        device.Simulation.FailForMemory("cuMemHostAlloc");

        Assert.ThrowsAny<OutOfMemoryException>(() => device.Host.Allocate(64));
    }
}
