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
}
