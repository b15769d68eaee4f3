using System.Runtime.InteropServices;
using Camshaft.Backends;

namespace Camshaft.Engine.Memory;

/// <summary>Plain host memory, outside the managed heap, aligned to <see cref="Alignment"/>.</summary>
public sealed unsafe class NativeMemorySource : IMemorySource
{
    /// <summary>A cache line, and the widest vector register.</summary>
    public const int Alignment = 64;

    /// <inheritdoc/>
    public MemoryKind Kind => MemoryKind.Host;

    // The pool owns what this returns, and calls Free before it forgets the address.

    /// <inheritdoc/>
    public nint Allocate(nuint byteSize) => (nint)NativeMemory.AlignedAlloc(byteSize, Alignment);

    /// <inheritdoc/>
    public void Free(nint address, nuint byteSize) => NativeMemory.AlignedFree((void*)address);
}
