using System.Runtime.InteropServices;

namespace Camshaft.Testing.Cuda;

/// <summary>Host memory that is locked for copies: made here, or registered.</summary>
internal sealed unsafe class SimulatedHostMemory : SimulatedObject
{
    private readonly bool _isOwned;

    private SimulatedHostMemory(string call, SimulatedGpu device, nint address, long byteSize, bool isOwned)
        : base(call, device)
    {
        Handle = address;
        ByteSize = byteSize;
        _isOwned = isOwned;
    }

    public long ByteSize { get; }

    public static SimulatedHostMemory Allocate(SimulatedGpu device, long byteSize)
    {
        var address = (nint)NativeMemory.AlignedAlloc((nuint)byteSize, 4096);
        new Span<byte>((void*)address, checked((int)byteSize)).Fill(0xCB);
        return new SimulatedHostMemory("cuMemHostAlloc", device, address, byteSize, isOwned: true);
    }

    public static SimulatedHostMemory Register(SimulatedGpu device, nint address, long byteSize) => new("cuMemHostRegister", device, address, byteSize, isOwned: false);

    public bool Contains(nint address, long byteSize) => address >= Handle && address + byteSize <= Handle + ByteSize;

    public void Free()
    {
        if (_isOwned)
        {
            NativeMemory.AlignedFree((void*)Handle);
        }
    }
}
