namespace Camshaft.Transport.Wire;

/// <summary>What both sides agree on in their hellos.</summary>
[Flags]
public enum WireFeatures : ulong
{
    /// <summary>Nothing beyond the protocol itself.</summary>
    None = 0,

    /// <summary>The client takes <see cref="FrameKind.Part"/> frames.</summary>
    Parts = 1,

    /// <summary>Shared memory by descriptor.</summary>
    SealedMemory = 2,

    /// <summary>Shared memory by name.</summary>
    NamedMemory = 4,

    /// <summary>Shared memory of GPUs.</summary>
    CudaMemory = 8,

    /// <summary>Every feature that this version knows.</summary>
    All = Parts | SealedMemory | NamedMemory | CudaMemory,
}
