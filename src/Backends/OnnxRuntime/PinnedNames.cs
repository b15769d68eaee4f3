using System.Runtime.CompilerServices;
using System.Text;

namespace Camshaft.Backends.OnnxRuntime;

/// <summary>
/// Names as ONNX Runtime takes them: zero-terminated UTF-8 at addresses that never change. The bytes live on the pinned heap,
/// as long as this object.
/// </summary>
internal sealed unsafe class PinnedNames
{
    private readonly byte[] _bytes;

    public PinnedNames(IEnumerable<string> names)
    {
        byte[][] encoded = [.. names.Select(name => Encoding.UTF8.GetBytes(name + '\0'))];
        _bytes = GC.AllocateUninitializedArray<byte>(encoded.Sum(name => name.Length), pinned: true);
        Pointers = GC.AllocateUninitializedArray<nint>(encoded.Length, pinned: true);
        var offset = 0;
        for (var i = 0; i < encoded.Length; i++)
        {
            encoded[i].CopyTo(_bytes, offset);
            Pointers[i] = (nint)Unsafe.AsPointer(ref _bytes[offset]);
            offset += encoded[i].Length;
        }
    }

    /// <summary>The address of each name; pinned itself.</summary>
    public nint[] Pointers { get; }
}
