using System.Numerics;
using Camshaft.Backends.Cuda.Devices;
using Camshaft.Testing.Cuda;

namespace Camshaft.Backends.Cuda.Tests.Devices;

/// <summary>Which multiprocessors models get. The simulated device has four groups of eight, and fails a test in which two parts have one in common.</summary>
public sealed class PartTests
{
    private const string Kernel = "twice_plus_one";

    private static readonly AcceleratorTerms Plain = new("Model 'plain' version 1");

    [Theory]
    [InlineData(0.01, 8)]
    [InlineData(0.25, 8)]
    [InlineData(0.26, 16)]
    [InlineData(1, 32)]
    public void A_share_is_rounded_up_to_what_can_be_divided(double share, int multiprocessorCount)
    {
        using var gpu = new Gpu();
        using var model = gpu.Device.Open(Ask(share));
        using var lane = model.CreateLane(1);

        Assert.Equal(multiprocessorCount / 32.0, model.ProcessorShare);
        Assert.True(model.IsConfined);
        Assert.Equal(3, gpu.Simulation.StreamKinds.Count(kind => kind.MultiprocessorCount == multiprocessorCount && kind.Priority == -2));
    }

    [Fact]
    public void Models_with_a_share_have_no_multiprocessor_in_common()
    {
        using var gpu = new Gpu();
        using var first = gpu.Device.Open(Ask(0.25));
        using var second = gpu.Device.Open(Ask(0.5));
        using var third = gpu.Device.Open(Ask(0.25));

        Assert.Equal([0.25, 0.5, 0.25], [first.ProcessorShare, second.ProcessorShare, third.ProcessorShare]);
        Assert.Empty(gpu.Simulation.TakeFailures());
    }

    [Fact]
    public void A_share_that_is_not_free_is_refused_with_what_is()
    {
        using var gpu = new Gpu();
        using var first = gpu.Device.Open(Ask(0.75));

        var refusal = Assert.Throws<BackendException>(() => gpu.Device.Open(Ask(0.3)));
        Assert.Equal(StatusCode.ResourceExhausted, refusal.Code);
        Assert.Equal(
            "Model 'quick' version 1 asks for a 'device_share' of 0.3, which is 16 of the 32 multiprocessors of GPU 0 in groups of 8; 8 of the 32 that can be given are free.",
            refusal.Message);
    }

    [Fact]
    public void Multiprocessors_come_back_when_a_part_ends()
    {
        using var gpu = new Gpu();
        using var kept = gpu.Device.Open(Ask(0.25));
        for (var round = 0; round < 5; round++)
        {
            using var other = gpu.Device.Open(Ask(0.75));
            using var lane = other.CreateLane(1);
        }

        using var last = gpu.Device.Open(Ask(0.75));
        Assert.Equal(0.75, last.ProcessorShare);
    }

    [Fact]
    public void Versions_of_a_model_have_a_share_of_the_same_size_in_common()
    {
        using var gpu = new Gpu();
        var first = gpu.Device.Open(Ask(0.75) with { Model = "quick" });
        using var second = gpu.Device.Open(Ask(0.75) with { Model = "quick" });
        first.Dispose();

        // The second still has it.
        Assert.Throws<BackendException>(() => gpu.Device.Open(Ask(0.75) with { Model = "other" }));
        Assert.Throws<BackendException>(() => gpu.Device.Open(Ask(0.5) with { Model = "quick" }));
    }

    [Fact]
    public void Work_of_models_without_a_share_stays_out_of_what_is_reserved()
    {
        using var gpu = new Gpu(new SimulatedDriverOptions { MultiprocessorCount = 36 }, new CudaOptions { ReservedShare = 0.25 });
        using var plain = gpu.Device.Open(Plain);
        Run(gpu, plain);
        var others = gpu.Simulation.FindMultiprocessors(Kernel);

        Assert.Equal((16, 20), (gpu.Device.ReservedMultiprocessorCount, BitOperations.PopCount(others)));
        Assert.Equal((0, true), (plain.ProcessorShare, plain.IsConfined));
        using var quick = gpu.Device.Open(Ask(0.4));
        Run(gpu, quick);
        Assert.Equal(36, BitOperations.PopCount(gpu.Simulation.FindMultiprocessors(Kernel)));
        Assert.Equal(16 / 36.0, quick.ProcessorShare);
    }

    [Fact]
    public void Shares_are_made_of_what_is_reserved_alone()
    {
        using var gpu = new Gpu(cudaOptions: new CudaOptions { ReservedShare = 0.5 });
        using var quick = gpu.Device.Open(Ask(0.25));

        Assert.Contains("which is 16 of the 32", Assert.Throws<BackendException>(() => gpu.Device.Open(Ask(0.5))).Message, StringComparison.Ordinal);
        Assert.Contains("8 of the 16 that are reserved for such models are free", Assert.Throws<BackendException>(() => gpu.Device.Open(Ask(0.5))).Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Without_a_reserve_models_without_a_share_run_anywhere()
    {
        using var gpu = new Gpu();
        using var quick = gpu.Device.Open(Ask(0.25));
        using var plain = gpu.Device.Open(Plain);
        Run(gpu, plain);

        Assert.False(plain.IsConfined);
        Assert.Equal(32, BitOperations.PopCount(gpu.Simulation.FindMultiprocessors(Kernel)));
    }

    [Theory]
    [InlineData(0.8, 12080, "leaves none for models without a share")]
    [InlineData(0.25, 12000, "CUDA 12.5 or newer is needed")]
    public void A_reserve_that_cannot_be_had_is_none_and_says_why(double share, int version, string reason)
    {
        using var gpu = new Gpu(new SimulatedDriverOptions { Version = version }, new CudaOptions { ReservedShare = share });
        using var plain = gpu.Device.Open(Plain);

        Assert.Contains(reason, gpu.Device.ReserveRefusal, StringComparison.Ordinal);
        Assert.Equal((0, false), (gpu.Device.ReservedMultiprocessorCount, plain.IsConfined));
    }

    [Fact]
    public void A_reserve_that_the_driver_refuses_leaves_the_device_usable()
    {
        using var simulation = new SimulatedDriver();
        simulation.Fail("cuGreenCtxCreate", status: 801);
        var devices = new CudaDeviceProvider(() => new CudaDriver(simulation.Resolve), new CudaOptions { ReservedShare = 0.25 }, TimeProvider.System).GetDevices(out var reason);

        Assert.StartsWith("GPU 0 reserves nothing for models with a share ('gpuReservedShare' has no effect): cuGreenCtxCreate failed", reason, StringComparison.Ordinal);
        ((CudaDevice)Assert.Single(devices)).Dispose();
    }

    [Fact]
    public void A_share_is_refused_where_the_driver_has_no_parts()
    {
        using var gpu = new Gpu(new SimulatedDriverOptions { Version = 12000 });

        var refusal = Assert.Throws<BackendException>(() => gpu.Device.Open(Ask(0.5)));
        Assert.Equal(StatusCode.Unsupported, refusal.Code);
        Assert.Contains("CUDA 12.5", refusal.Message, StringComparison.Ordinal);
    }

    private static AcceleratorTerms Ask(double share) => new("Model 'quick' version 1") { ProcessorShare = share };

    private static void Run(Gpu gpu, IAcceleratorShare share)
    {
        using var user = new LaneUser(gpu, share, 1);
        user.Begin(1, 8);
        gpu.Simulation.Run();
        Assert.Equal(0, user.WrongCount);
    }
}
