namespace Camshaft.Engine.Devices;

/// <summary>What the process may use of the machine at this moment.</summary>
/// <param name="ProcessorCount">Processors, at least 1: those that it may run on, or its quota rounded up, whichever is less.</param>
/// <param name="MemoryByteSize">Bytes of memory; null = there is no limit.</param>
internal readonly record struct ContainerLimits(int ProcessorCount, long? MemoryByteSize);
