namespace Camshaft.Engine.Devices;

/// <summary>One input or output of a batch on an accelerator: where it lies there, and where on the host. Reused by each batch of a lane.</summary>
internal record struct AcceleratorTensor(nint Address, nint HostAddress, long ByteSize)
{
    /// <summary>Whether it has a place on the device.</summary>
    public readonly bool IsPlaced => Address != 0;
}
