using Camshaft.Backends;
using Camshaft.Engine.Memory;

namespace Camshaft.Engine.Tests.Support;

/// <summary>The system's memory, which the test can let run out.</summary>
internal sealed class ScarceMemorySource : IMemorySource
{
    private readonly NativeMemorySource _system = new();
    private int _refusals;

    public MemoryKind Kind => _system.Kind;

    /// <summary>How many of the next allocations fail.</summary>
    public void Refuse(int allocations) => Volatile.Write(ref _refusals, allocations);

    public nint Allocate(nuint byteSize) => Interlocked.Decrement(ref _refusals) >= 0 ? throw new OutOfMemoryException() : _system.Allocate(byteSize);

    public void Free(nint address, nuint byteSize) => _system.Free(address, byteSize);
}
