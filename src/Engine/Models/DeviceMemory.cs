namespace Camshaft.Engine.Models;

/// <summary>What a version and its batches take of an accelerator's memory, in bytes.</summary>
/// <param name="UsedByteSize">What they take now, <paramref name="OwnByteSize"/> included.</param>
/// <param name="PeakByteSize">The most that they took since the load.</param>
/// <param name="OwnByteSize">What its backend has taken beside the engine, which no limit binds.</param>
public readonly record struct DeviceMemory(long UsedByteSize, long PeakByteSize, long OwnByteSize);
