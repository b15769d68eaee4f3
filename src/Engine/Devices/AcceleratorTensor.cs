using Camshaft.Backends;

namespace Camshaft.Engine.Devices;

/// <summary>
/// One input or output of a batch on an accelerator: where the model has it there, and where the request has it, on the host or on the same device. Where the requests of
/// a batch have their rows apart (<see cref="LiesApart"/>), it is each request that tells. Reused by each batch of a lane.
/// </summary>
internal record struct AcceleratorTensor(nint Address, nint RequestAddress, MemoryKind RequestKind, long ByteSize)
{
    /// <summary>Whether it has a place on the device.</summary>
    public readonly bool IsPlaced => Address != 0;

    /// <summary>Whether each request of the batch has rows of it somewhere else.</summary>
    public readonly bool LiesApart => RequestAddress == 0;
}
