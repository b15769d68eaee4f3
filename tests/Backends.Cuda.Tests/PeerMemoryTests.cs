namespace Camshaft.Backends.Cuda.Tests;

public sealed class PeerMemoryTests
{
    [Fact]
    public void Memory_of_another_process_is_read_behind_its_handle()
    {
        using var device = new Device();
        var handle = device.Simulation.Peers.Export([1, 2, 3]);
        using var memory = CudaPeerMemory.Open(device.Context, handle);
        using var stream = device.CreateStream();
        var copy = device.Allocate(0, 0, 0);

        stream.CopyOut(copy, memory.Value, 3);
        stream.Synchronize();

        Assert.Equal(3, memory.ByteSize);
        Assert.Equal([1, 2, 3], Device.Read(copy, 3));
        device.Host.Free(copy, 3);
    }

    [Fact]
    public void A_handle_of_another_machine_is_refused()
    {
        using var device = new Device();

        Assert.Equal("cuIpcOpenMemHandle", Assert.Throws<CudaException>(() => CudaPeerMemory.Open(device.Context, new byte[CudaPeerMemory.HandleByteSize])).Call);
    }

    [Fact]
    public void A_handle_of_this_process_is_refused()
    {
        using var device = new Device();
        using var memory = CudaMemory.Allocate(device.Context, 16);
        var handle = new byte[CudaPeerMemory.HandleByteSize];
        memory.Export(handle);

        Assert.Throws<CudaException>(() => CudaPeerMemory.Open(device.Context, handle));
    }
}
