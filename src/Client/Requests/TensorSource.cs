using System.Buffers;
using System.Runtime.InteropServices;

namespace Camshaft.Client.Requests;

/// <summary>Reads memory of some element type as bytes, so that an input need not know its type. Stateless.</summary>
internal abstract class TensorSource
{
    /// <summary>The bytes of some elements.</summary>
    /// <param name="owner">The array, or the manager of other memory.</param>
    /// <param name="start">The first element.</param>
    /// <param name="length">How many elements.</param>
    public abstract ReadOnlySpan<byte> GetBytes(object owner, int start, int length);
}

/// <inheritdoc/>
internal sealed class TensorSource<T> : TensorSource
    where T : unmanaged
{
    public static readonly TensorSource<T> Instance = new();

    public override ReadOnlySpan<byte> GetBytes(object owner, int start, int length) => MemoryMarshal.AsBytes(
        owner is T[] array ? new ReadOnlySpan<T>(array, start, length) : ((MemoryManager<T>)owner).GetSpan().Slice(start, length));
}
