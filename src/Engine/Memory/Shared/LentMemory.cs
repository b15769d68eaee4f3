using Camshaft.Backends;

namespace Camshaft.Engine.Memory.Shared;

/// <summary>Memory of somebody else's that a tensor may lie in, with a lease on it that is given back when nothing touches it any more.</summary>
/// <param name="Address">Where it begins.</param>
/// <param name="ByteSize">How many bytes there are.</param>
/// <param name="IsImmutable">Whether nobody can change it; otherwise its owner may, at any time.</param>
/// <param name="Release">Ends the lease. Once, on any thread.</param>
/// <param name="State">Handed to <paramref name="Release"/>.</param>
public readonly record struct LentMemory(nint Address, long ByteSize, bool IsImmutable, Action<nint> Release, nint State)
{
    /// <summary>The multiple at which tensors begin, as blocks of the pool do.</summary>
    public const int Alignment = 64;

    /// <summary>The multiple at which tensors begin in a device's memory, as those do that a lane allocates.</summary>
    public const int DeviceAlignment = 256;

    /// <summary>The device whose memory it is; null = the host's.</summary>
    public IAccelerator? Device { get; init; }

    /// <summary>Whether a model may read a device's memory where it lies; otherwise it is copied there first.</summary>
    public bool IsUsedInPlace { get; init; }

    /// <summary>Whether a tensor may begin where it does.</summary>
    public bool IsAligned => Address % Alignment == 0;
}
