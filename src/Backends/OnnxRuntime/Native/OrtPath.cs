using System.Runtime.InteropServices;

namespace Camshaft.Backends.OnnxRuntime.Native;

/// <summary>A path as ONNX Runtime takes it (<c>ORTCHAR_T</c>): UTF-16 on Windows, bytes elsewhere. Lives for one call.</summary>
internal readonly unsafe ref struct OrtPath(string path)
{
    /// <summary>The characters, with a zero at the end.</summary>
    public void* Address { get; } = (void*)(OperatingSystem.IsWindows() ? Marshal.StringToCoTaskMemUni(path) : Marshal.StringToCoTaskMemUTF8(path));

    public void Dispose() => Marshal.FreeCoTaskMem((nint)Address);
}
