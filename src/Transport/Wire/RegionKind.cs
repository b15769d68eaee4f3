namespace Camshaft.Transport.Wire;

/// <summary>How shared memory is named.</summary>
public enum RegionKind : byte
{
    /// <summary>No kind; never sent.</summary>
    None = 0,

    /// <summary>Sealed memory, by a descriptor that comes with the frame.</summary>
    Sealed = 1,

    /// <summary>Memory with a name in the file system of shared memory.</summary>
    Named = 2,

    /// <summary>Memory of one of the server's GPUs, by the handle that CUDA has for it (<c>CUipcMemHandle</c>).</summary>
    Cuda = 3,
}
