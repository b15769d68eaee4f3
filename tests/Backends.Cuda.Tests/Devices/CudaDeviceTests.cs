using Camshaft.Backends.Cuda.Devices;
using Camshaft.Testing.Cuda;

namespace Camshaft.Backends.Cuda.Tests.Devices;

public sealed class CudaDeviceTests
{
    private static readonly AcceleratorTerms Terms = new("Model 'mnist' version 1");

    [Fact]
    public void A_provider_without_a_driver_has_no_devices_and_says_why()
    {
        var provider = new CudaDeviceProvider(static () => throw new CudaUnavailableException("no NVIDIA driver"), new CudaOptions(), TimeProvider.System);

        Assert.Empty(provider.GetDevices(out var reason));
        Assert.Equal("no NVIDIA driver", reason);
    }

    [Fact]
    public void A_provider_lists_every_device()
    {
        using var simulation = new SimulatedDriver(new SimulatedDriverOptions { DeviceCount = 2 });
        var devices = new CudaDeviceProvider(() => new CudaDriver(simulation.Resolve), new CudaOptions(), TimeProvider.System).GetDevices(out var reason);

        Assert.Null(reason);
        Assert.Equal([0, 1], devices.Select(static device => device.Ordinal));
        Assert.All(devices, static device => ((CudaDevice)device).Dispose());
    }

    [Fact]
    public void A_device_that_cannot_be_used_is_left_out_with_its_reason()
    {
        using var simulation = new SimulatedDriver(new SimulatedDriverOptions { DeviceCount = 2 });
        simulation.Fail("cuDevicePrimaryCtxRetain", status: 2);
        var devices = new CudaDeviceProvider(() => new CudaDriver(simulation.Resolve), new CudaOptions(), TimeProvider.System).GetDevices(out var reason);

        Assert.Equal(1, Assert.Single(devices).Ordinal);
        Assert.Contains("GPU 0 cannot be used: cuDevicePrimaryCtxRetain failed: CUDA_ERROR_OUT_OF_MEMORY", reason, StringComparison.Ordinal);
        ((CudaDevice)devices[0]).Dispose();
    }

    [Fact]
    public void A_models_memory_is_counted_and_comes_back()
    {
        using var gpu = new Gpu();
        using var share = gpu.Device.Open(Terms);
        var address = share.Allocate(1000);

        Assert.Equal((1000, 1000), (share.UsedByteSize, gpu.Device.UsedByteSize));
        share.Free(address);
        Assert.Equal((0, 1000, 0), (share.UsedByteSize, share.PeakByteSize, gpu.Device.UsedByteSize));
    }

    [Fact]
    public void A_model_that_takes_more_than_its_limit_is_refused_by_name()
    {
        using var gpu = new Gpu();
        using var share = gpu.Device.Open(Terms with { MemoryLimit = 100 });

        var refusal = Assert.Throws<BackendException>(() => share.Allocate(101));
        Assert.Equal(StatusCode.ResourceExhausted, refusal.Code);
        Assert.Equal("Model 'mnist' version 1 needs 101 bytes of memory on GPU 0: its limit is 100 bytes, of which 0 are taken.", refusal.Message);
    }

    [Fact]
    public void What_a_library_has_taken_by_itself_counts_and_leaves_less_to_batches()
    {
        using var gpu = new Gpu();
        var share = gpu.Device.Open(Terms with { MemoryLimit = 100 });
        share.ForeignByteSize = 70;
        share.ForeignByteSize = 60;

        Assert.Equal((60, 70, 60), (share.UsedByteSize, share.PeakByteSize, gpu.Device.UsedByteSize));
        Assert.Throws<BackendException>(() => share.Allocate(41));
        share.Free(share.Allocate(40));

        // More than the limit: it is taken, and no batch gets anything.
        share.ForeignByteSize = 101;
        Assert.Throws<BackendException>(() => share.Allocate(1));
        share.Dispose();
        Assert.Equal(0, gpu.Device.UsedByteSize);
    }

    [Fact]
    public void Models_together_take_no_more_than_the_devices_part()
    {
        using var gpu = new Gpu(new SimulatedDriverOptions { MemoryByteSize = 1000 }, new CudaOptions { MemoryFraction = 0.5 });
        using var share = gpu.Device.Open(Terms);

        Assert.Equal(500, gpu.Device.BudgetByteSize);
        Assert.Contains("of the 500 bytes that models may take together, 0 are taken", Assert.Throws<BackendException>(() => share.Allocate(501)).Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Memory_that_another_process_has_taken_is_an_error_of_the_model_alone()
    {
        using var gpu = new Gpu(new SimulatedDriverOptions { MemoryByteSize = 4096 });
        using var share = gpu.Device.Open(Terms);
        gpu.Simulation.UseElsewhere(4000);

        var refusal = Assert.Throws<BackendException>(() => share.Allocate(1000));
        Assert.Contains("96 bytes are free", refusal.Message, StringComparison.Ordinal);
        Assert.Null(gpu.Device.Fault);
        Assert.Equal((0, 0), (share.UsedByteSize, share.PeakByteSize));
    }

    [Theory]
    [InlineData(1, -5)]
    [InlineData(100, -2)]
    [InlineData(200, 0)]
    public void A_models_priority_is_that_of_its_streams(int priority, int streamPriority)
    {
        using var gpu = new Gpu();
        using var share = gpu.Device.Open(Terms with { Priority = priority });
        using var lane = share.CreateLane(1);

        Assert.Equal(3, gpu.Simulation.StreamKinds.Skip(1).Count(kind => kind.Priority == streamPriority));
    }

    [Fact]
    public void Two_lanes_share_their_streams_and_the_third_has_others()
    {
        using var gpu = new Gpu();
        using var share = gpu.Device.Open(Terms);
        using var first = share.CreateLane(1);
        using var second = share.CreateLane(2);
        using var third = share.CreateLane(3);

        Assert.Equal(first.Streams, second.Streams);
        Assert.NotEqual(first.Streams, third.Streams);
    }

    [Fact]
    public void Lanes_of_a_model_that_records_have_streams_of_their_own()
    {
        using var gpu = new Gpu();
        using var share = gpu.Device.Open(Terms);
        using var neighbour = gpu.Device.Open(Terms);
        using var before = share.CreateLane(1);
        share.SeparateLanes();
        using var first = share.CreateLane(1);
        using var second = share.CreateLane(2);
        using var again = share.CreateLane(2);
        using var other = neighbour.CreateLane(2);

        Assert.Equal(3, new[] { before.Streams, first.Streams, second.Streams }.Distinct().Count());
        Assert.Equal(before.Streams, other.Streams);
        Assert.Equal(second.Streams, again.Streams);
    }

    [Fact]
    public unsafe void What_somebody_records_for_all_threads_does_not_disturb_the_engines_calls()
    {
        using var gpu = new Gpu();
        using var share = gpu.Device.Open(Terms);
        using var lane = share.CreateLane(1);
        var begin = (delegate* unmanaged<nint, int, int>)gpu.Device.FindFunction("cuStreamBeginCapture", 12000);
        var end = (delegate* unmanaged<nint, nint*, int>)gpu.Device.FindFunction("cuStreamEndCapture", 12000);
        var destroy = (delegate* unmanaged<nint, int>)gpu.Device.FindFunction("cuGraphDestroy", 12000);
        const int global = 0; // CU_STREAM_CAPTURE_MODE_GLOBAL
        Assert.Equal(0, begin(lane.Streams.Compute, global));
        Exception? disturbed = null;
        var caller = new Thread(() => disturbed = Record.Exception(() => gpu.Device.MemorySource.Free(gpu.Device.MemorySource.Allocate(64), 64)));
        caller.Start();
        caller.Join();
        nint graph;

        Assert.Null(disturbed);
        Assert.Equal(0, end(lane.Streams.Compute, &graph));
        Assert.Equal(0, destroy(graph));
        Assert.Empty(gpu.Simulation.TakeFailures());
    }

    [Fact]
    public void Batches_of_the_same_shapes_lie_at_the_same_addresses()
    {
        using var gpu = new Gpu();
        using var share = gpu.Device.Open(Terms);
        using var lane = (IAcceleratorLane)share.CreateLane(1);
        List<(nint, nint)> places = [];
        for (var batch = 0; batch < 4; batch++)
        {
            var ended = new EndOfRun();
            lane.Begin();
            places.Add((lane.Allocate(1000), lane.Allocate(2000)));
            lane.End(ended);
            gpu.Simulation.Run();
            Assert.True(ended.IsOver);
        }

        Assert.Single(places.Skip(1).Distinct());
    }

    [Theory]
    [InlineData(700, "CUDA_ERROR_ILLEGAL_ADDRESS")]
    [InlineData(226, "CUDA_ERROR_CONTAINED")]
    [InlineData(999, "CUDA_ERROR_UNKNOWN")]
    public void A_device_that_fails_ends_its_batches_and_takes_no_more(int status, string name)
    {
        using var gpu = new Gpu();
        using var share = gpu.Device.Open(Terms);
        using var user = new LaneUser(gpu, share, 1);
        var failures = 0;
        gpu.Device.Failed += () => failures++;
        gpu.Simulation.FailKernel("twice_plus_one", status);
        user.Begin(1, 8);
        gpu.Simulation.Run();
        Assert.True(user.IsBusy);

        gpu.Clock.Advance(TimeSpan.FromSeconds(1));

        Assert.False(user.IsBusy);
        Assert.Contains("GPU 0 has failed", user.Fault, StringComparison.Ordinal);
        Assert.Contains(name, gpu.Device.Fault, StringComparison.Ordinal);
        Assert.Equal(1, failures);
        Assert.Equal(StatusCode.Unavailable, Assert.Throws<BackendException>(() => user.Begin(1, 8)).Code);
        Assert.Equal(StatusCode.Unavailable, Assert.Throws<BackendException>(() => gpu.Device.Open(Terms)).Code);
    }

    [Fact]
    public void A_models_memory_goes_back_to_the_system_with_the_model()
    {
        using var gpu = new Gpu();
        var free = gpu.Device.Context.FreeByteSize;
        var share = gpu.Device.Open(Terms);
        using (var user = new LaneUser(gpu, share, 1))
        {
            user.Begin(1, 8);
            gpu.Simulation.Run();
            share.Free(share.Allocate(1 << 20));
            Assert.True(gpu.Device.Context.FreeByteSize <= free - (1 << 20));
            Assert.Equal(free, gpu.Device.AvailableByteSize + gpu.Device.UsedByteSize + (free - gpu.Device.BudgetByteSize));
        }

        share.Dispose();
        Assert.Equal(free, gpu.Device.Context.FreeByteSize);
    }

    [Fact]
    public void What_a_library_has_taken_by_itself_is_missing_once()
    {
        using var gpu = new Gpu(new SimulatedDriverOptions { MemoryByteSize = 1000 }, new CudaOptions { MemoryFraction = 0.9 });
        using var share = gpu.Device.Open(Terms);
        gpu.Simulation.UseElsewhere(500);
        share.ForeignByteSize = 500;

        Assert.Equal(400, gpu.Device.AvailableByteSize);
    }

    [Fact]
    public void Host_memory_is_plain_when_the_device_has_failed()
    {
        using var gpu = new Gpu();
        using var share = gpu.Device.Open(Terms);
        using var user = new LaneUser(gpu, share, 1);
        gpu.Simulation.FailKernel("twice_plus_one");
        user.Begin(1, 8);
        gpu.Simulation.Run();
        gpu.Clock.Advance(TimeSpan.FromSeconds(1));

        var address = gpu.Device.MemorySource.Allocate(64);
        Assert.NotEqual(0, address);
        gpu.Device.MemorySource.Free(address, 64);
    }

    [Theory]
    [InlineData("cuMemcpyHtoDAsync")]
    [InlineData("cuStreamWaitEvent")]
    [InlineData("cuLaunchHostFunc")]
    public void A_call_that_fails_on_the_way_leaves_nothing_in_flight(string call)
    {
        using var gpu = new Gpu();
        using var share = gpu.Device.Open(Terms);
        using var lane = (IAcceleratorLane)share.CreateLane(1);
        var host = gpu.Device.MemorySource.Allocate(64);
        lane.Begin();
        var address = lane.Allocate(64);
        gpu.Simulation.Fail(call, status: 1);
        var ended = new EndOfRun();

        var failed = Record.Exception(() => lane.CopyIn(address, host, 64)) ?? Record.Exception(() => lane.BeginCompute());
        failed = Record.Exception(() => lane.End(ended)) ?? failed;
        gpu.Simulation.Run();

        Assert.Equal(StatusCode.Internal, Assert.IsType<BackendException>(failed).Code);
        Assert.Null(gpu.Device.Fault);
        gpu.Device.MemorySource.Free(host, 64);
    }

    private sealed class EndOfRun : ILaneObserver
    {
        public bool IsOver { get; private set; }

        public void OnRunEnded(string? fault) => IsOver = true;
    }
}
