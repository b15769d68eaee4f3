using Camshaft.Testing.Cuda;

namespace Camshaft.Backends.Cuda.Tests.Devices;

/// <summary>Other processes' memory, as a device opens it for the engine.</summary>
public sealed class DevicePeerTests
{
    [Fact]
    public void Memory_is_copied_from_and_to_the_host()
    {
        using var gpu = new Gpu();
        var handle = gpu.Simulation.Peers.Export([1, 2, 3, 4, 5]);
        using var memory = gpu.Device.OpenPeerMemory(handle);
        var read = new byte[2];

        memory.Read(1, read);
        memory.Write(3, [8, 9]);
        memory.Write(5, []);

        Assert.Equal(5, memory.ByteSize);
        Assert.Equal([2, 3], read);
        Assert.Equal([1, 2, 3, 8, 9], gpu.Simulation.Peers.Read(handle));
    }

    [Theory]
    [InlineData(0, 4)]
    [InlineData(3, 1)]
    [InlineData(-1, 1)]
    [InlineData(long.MaxValue, 1)]
    public void Nothing_beyond_the_memory_is_copied(long offset, int byteSize)
    {
        using var gpu = new Gpu();
        using var memory = gpu.Device.OpenPeerMemory(gpu.Simulation.Peers.Export([1, 2, 3]));

        Assert.Throws<ArgumentOutOfRangeException>(() => memory.Read(offset, new byte[byteSize]));
        Assert.Throws<ArgumentOutOfRangeException>(() => memory.Write(offset, new byte[byteSize]));
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public void A_handle_is_opened_once_and_closed_with_its_last_share(bool counts)
    {
        using var gpu = new Gpu(new SimulatedDriverOptions { CountsOpenHandles = counts });
        var handle = gpu.Simulation.Peers.Export([1, 2, 3]);
        var (first, second) = (gpu.Device.OpenPeerMemory(handle), gpu.Device.OpenPeerMemory(handle));
        Assert.Equal(first.Address, second.Address);

        first.Dispose();
        first.Dispose();
        var read = new byte[3];
        second.Read(0, read);
        Assert.Equal([1, 2, 3], read);
        Assert.Equal(1, gpu.Simulation.Peers.OpenCount);

        second.Dispose();
        Assert.Equal(0, gpu.Simulation.Peers.OpenCount);
        Assert.Throws<ObjectDisposedException>(() => second.Read(0, read));
        gpu.Device.OpenPeerMemory(handle).Dispose();
    }

    [Fact]
    public void Memory_stays_when_its_owner_ends_and_is_not_opened_anew()
    {
        using var gpu = new Gpu();
        var handle = gpu.Simulation.Peers.Export([1, 2, 3]);
        using (var memory = gpu.Device.OpenPeerMemory(handle))
        {
            gpu.Simulation.Peers.End(handle);
            var read = new byte[3];
            memory.Read(0, read);
            Assert.Equal([1, 2, 3], read);
        }

        Assert.Equal(StatusCode.InvalidArgument, Assert.Throws<BackendException>(() => gpu.Device.OpenPeerMemory(handle)).Code);
    }

    [Fact]
    public void What_names_no_memory_of_the_device_is_refused()
    {
        using var gpu = new Gpu(new SimulatedDriverOptions { DeviceCount = 2 });
        var others = gpu.Simulation.Peers.Export([1, 2, 3], ordinal: 1);

        Assert.Contains("it has 63 bytes; expected 64", Refuse(new byte[63]), StringComparison.Ordinal);
        Assert.Contains("cuIpcOpenMemHandle failed: CUDA_ERROR_INVALID_VALUE", Refuse(new byte[64]), StringComparison.Ordinal);
        Assert.Contains("GPU 0 does not open the handle: the memory is GPU 1's", Refuse(others), StringComparison.Ordinal);
        Assert.Equal(0, gpu.Simulation.Peers.OpenCount);

        string Refuse(byte[] handle)
        {
            var refusal = Assert.Throws<BackendException>(() => gpu.Device.OpenPeerMemory(handle));
            Assert.Equal(StatusCode.InvalidArgument, refusal.Code);
            return refusal.Message;
        }
    }

    [Theory]
    [InlineData("cuIpcOpenMemHandle", 2, StatusCode.ResourceExhausted)]
    [InlineData("cuIpcOpenMemHandle", 801, StatusCode.Unsupported)]
    [InlineData("cuMemGetAddressRange", 1, StatusCode.InvalidArgument)]
    [InlineData("cuPointerGetAttribute", 1, StatusCode.InvalidArgument)]
    public void A_driver_that_refuses_leaves_nothing_open(string call, int status, StatusCode code)
    {
        using var gpu = new Gpu();
        var handle = gpu.Simulation.Peers.Export([1, 2, 3]);
        gpu.Simulation.Fail(call, status);

        Assert.Equal(code, Assert.Throws<BackendException>(() => gpu.Device.OpenPeerMemory(handle)).Code);
        Assert.Equal(0, gpu.Simulation.Peers.OpenCount);
        gpu.Device.OpenPeerMemory(handle).Dispose();
    }

    [Fact]
    public void A_device_that_has_failed_opens_nothing_and_lets_go_of_what_is_open()
    {
        using var gpu = new Gpu();
        var handle = gpu.Simulation.Peers.Export([1, 2, 3]);
        var memory = gpu.Device.OpenPeerMemory(handle);
        gpu.Simulation.Fail("cuMemcpyDtoHAsync", status: 700);

        Assert.Equal(StatusCode.Unavailable, Assert.Throws<BackendException>(() => memory.Read(0, new byte[3])).Code);
        Assert.Contains("GPU 0 has failed", Assert.Throws<BackendException>(() => memory.Write(0, [1])).Message, StringComparison.Ordinal);
        Assert.Contains("GPU 0 has failed", Assert.Throws<BackendException>(() => gpu.Device.OpenPeerMemory(handle)).Message, StringComparison.Ordinal);
        memory.Dispose();
    }

    [Fact]
    public void Memory_that_is_closed_under_a_copy_is_found_out()
    {
        using var gpu = new Gpu();
        using var share = gpu.Device.Open(new AcceleratorTerms("model"));
        var memory = gpu.Device.OpenPeerMemory(gpu.Simulation.Peers.Export(new byte[64]));
        using var lane = (IAcceleratorLane)share.CreateLane(1);
        lane.Begin();
        lane.CopyInOnDevice(lane.Allocate(64), memory.Address, 64);

        memory.Dispose();
        gpu.Simulation.Run();

        Assert.Contains("was freed by cuIpcCloseMemHandle", Assert.Single(gpu.Simulation.TakeFailures()), StringComparison.Ordinal);
    }
}
