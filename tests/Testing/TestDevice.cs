using System.Runtime.InteropServices;
using Camshaft.Backends;

namespace Camshaft.Testing;

/// <summary>The host's processors as a device, for backends that run on them.</summary>
public sealed unsafe class TestDevice : IDevice, IMemorySource
{
    /// <inheritdoc/>
    public DeviceKind Kind { get; init; } = DeviceKind.Cpu;

    /// <inheritdoc/>
    public int Ordinal => 0;

    /// <inheritdoc/>
    public string Name => "test";

    /// <inheritdoc/>
    public IMemorySource MemorySource => this;

    MemoryKind IMemorySource.Kind => MemoryKind.Host;

    /// <inheritdoc/>
    public ILane CreateLane(int index) => new TestLane(this, index);

    /// <inheritdoc/>
    public nint Allocate(nuint byteSize) => (nint)NativeMemory.AlignedAlloc(byteSize, 64);

    /// <inheritdoc/>
    public void Free(nint address, nuint byteSize) => NativeMemory.AlignedFree((void*)address);
}
