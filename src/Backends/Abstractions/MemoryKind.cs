namespace Camshaft.Backends;

/// <summary>Where memory lies, and so who can reach it.</summary>
public enum MemoryKind : byte
{
    /// <summary>Ordinary host memory.</summary>
    Host,

    /// <summary>Page-locked host memory: the host reaches it as any other, a device's copy engine reaches it directly.</summary>
    PinnedHost,

    /// <summary>Memory of a device; the host must not touch it.</summary>
    Device,
}
