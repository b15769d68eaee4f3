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

    /// <summary>Whether a tensor may begin where it does.</summary>
    public bool IsAligned => Address % Alignment == 0;
}
