using System.Runtime.InteropServices;

namespace Camshaft.Backends.Cuda.Native;

/// <summary>Names device memory to another process: <c>CUipcMemHandle</c>, 64 opaque bytes that the driver takes by value.</summary>
[StructLayout(LayoutKind.Sequential, Size = ByteSize)]
internal unsafe struct CudaIpcHandle
{
    public const int ByteSize = 64;

    private fixed byte _bytes[ByteSize];

    public static CudaIpcHandle Read(ReadOnlySpan<byte> bytes) => MemoryMarshal.Read<CudaIpcHandle>(bytes);

    public readonly void Write(Span<byte> bytes) => MemoryMarshal.Write(bytes, in this);
}
