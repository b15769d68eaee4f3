using Camshaft.Backends;
using Camshaft.Engine.Memory.Shared;

namespace Camshaft.Engine.Tests.Memory;

/// <summary>Regions of an accelerator's memory, apart from any driver.</summary>
public sealed class DeviceRegionTests
{
    private readonly RegionAllowance _allowance = new(1);
    private readonly PeerDevice _device = new();

    [Fact]
    public void A_region_is_not_free_before_its_memory_is_closed()
    {
        var region = Open(0, 100);
        bool? wasFree = null;
        _device.Closing = () => wasFree = region.IsFree;

        region.Lease().Release();
        Assert.Null(wasFree);
        region.Release();

        Assert.False(wasFree);
        Assert.True(region.IsFree);
        Assert.Equal(0, _allowance.Count);
    }

    [Fact]
    public void What_is_lent_lies_on_the_device_and_holds_the_memory()
    {
        var region = Open(28, 72);
        var isClosed = false;
        _device.Closing = () => isClosed = true;

        Assert.True(region.TryLend(4, 8, out var memory));
        region.Release();

        Assert.Equal((PeerDevice.Address + 32, 8, false), (memory.Address, memory.ByteSize, isClosed));
        Assert.Same(_device, memory.Device);
        memory.Release(memory.State);
        Assert.True(isClosed);
    }

    [Theory]
    [InlineData(0, 101)]
    [InlineData(-1, 10)]
    [InlineData(100, 1)]
    [InlineData(long.MaxValue, long.MaxValue)]
    [InlineData(0, 0)]
    public void What_does_not_lie_in_the_memory_is_refused_and_leaves_nothing(long offset, long byteSize)
    {
        var isClosed = false;
        _device.Closing = () => isClosed = true;

        Assert.Equal(StatusCode.InvalidArgument, DeviceRegion.TryOpen(_device, [1], offset, byteSize, isUsedInPlace: true, _allowance, out var region).Code);
        Assert.Null(region);
        Assert.True(isClosed);
        Assert.Equal(0, _allowance.Count);
    }

    [Fact]
    public void One_more_than_allowed_is_not_opened()
    {
        var region = Open(0, 1);

        Assert.Equal(StatusCode.ResourceExhausted, DeviceRegion.TryOpen(_device, [1], 0, 1, isUsedInPlace: true, _allowance, out _).Code);
        Assert.Equal(1, _device.OpenedCount);
        region.Release();
    }

    [Fact]
    public void What_the_device_says_against_a_copy_is_what_the_request_is_told()
    {
        var region = Open(0, 100);

        Assert.Equal((StatusCode.Unavailable, "lost"), (region.Read(0, new byte[1]).Code, region.Read(0, new byte[1]).Message));
        Assert.Equal((StatusCode.Unavailable, "lost"), (region.Write(0, new byte[1]).Code, region.Write(0, new byte[1]).Message));
        region.Release();
    }

    [Fact]
    public void A_device_that_opens_none_says_so()
    {
        IAccelerator device = new PlainDevice();

        Assert.False(device.OpensPeerMemory);
        Assert.Equal(StatusCode.Unsupported, DeviceRegion.TryOpen(device, [1], 0, 1, isUsedInPlace: true, _allowance, out _).Code);
        Assert.Equal(0, _allowance.Count);
    }

    private SharedRegion Open(long offset, long byteSize)
    {
        var status = DeviceRegion.TryOpen(_device, [1], offset, byteSize, isUsedInPlace: true, _allowance, out var region);
        Assert.True(status.IsOk, status.Message);
        return region!;
    }

    /// <summary>A device of which nothing but its name is asked.</summary>
    private class PlainDevice : IAccelerator
    {
        public event Action? Failed
        {
            add { }
            remove { }
        }

        public DeviceKind Kind => DeviceKind.Cuda;

        public int Ordinal => 0;

        public string Name => "plain";

        public IMemorySource MemorySource => throw new NotSupportedException();

        public nint Context => 0;

        public long MemoryByteSize => 0;

        public long BudgetByteSize => 0;

        public long UsedByteSize => 0;

        public long AvailableByteSize => 0;

        public nint FindFunction(string name, int version) => 0;

        public IAcceleratorShare Open(AcceleratorTerms terms) => throw new NotSupportedException();

        public ILane CreateLane(int index) => throw new NotSupportedException();

        public void Dispose()
        {
        }
    }

    /// <summary>A device that opens 100 bytes behind any handle, and copies none.</summary>
    private sealed class PeerDevice : PlainDevice, IAccelerator
    {
        public const nint Address = 0x1000;

        public Action? Closing { get; set; }

        public int OpenedCount { get; private set; }

        public bool OpensPeerMemory => true;

        public IPeerMemory OpenPeerMemory(ReadOnlySpan<byte> handle)
        {
            OpenedCount++;
            return new Memory(this);
        }

        private sealed class Memory(PeerDevice device) : IPeerMemory
        {
            public nint Address => PeerDevice.Address;

            public long ByteSize => 100;

            public void Read(long offset, Span<byte> destination) => throw new BackendException(StatusCode.Unavailable, "lost");

            public void Write(long offset, ReadOnlySpan<byte> source) => throw new BackendException(StatusCode.Unavailable, "lost");

            public void Dispose() => device.Closing?.Invoke();
        }
    }
}
