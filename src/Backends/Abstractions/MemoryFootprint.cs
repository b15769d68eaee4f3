namespace Camshaft.Backends;

/// <summary>Memory that a model takes beside the engine's buffers.</summary>
/// <param name="HostByteSize">Bytes of host memory, those of mapped files included.</param>
/// <param name="DeviceByteSize">Bytes of device memory.</param>
public readonly record struct MemoryFootprint(long HostByteSize, long DeviceByteSize)
{
    /// <summary>
    /// How many of <see cref="HostByteSize"/> are mapped from files: processes that map the same file share them, and the system
    /// can take them back and read them again.
    /// </summary>
    public long MappedByteSize { get; init; }
}
