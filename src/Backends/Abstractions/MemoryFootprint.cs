namespace Camshaft.Backends;

/// <summary>Memory that a model takes beside the engine's buffers.</summary>
/// <param name="HostByteSize">Bytes of host memory.</param>
/// <param name="DeviceByteSize">Bytes of device memory.</param>
public readonly record struct MemoryFootprint(long HostByteSize, long DeviceByteSize);
