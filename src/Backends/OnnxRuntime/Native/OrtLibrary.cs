using System.Runtime.InteropServices;
using Microsoft.ML.OnnxRuntime;

namespace Camshaft.Backends.OnnxRuntime.Native;

/// <summary>
/// Finds and loads ONNX Runtime's native library. Always by full path: a name alone could resolve to another plugin's copy or
/// to one of the system's.
/// </summary>
internal static unsafe class OrtLibrary
{
    /// <summary>The version of the C API that the managed package's table has (<c>ORT_API_VERSION</c> of ONNX Runtime 1.31).</summary>
    public const uint ApiVersion = 31;

    /// <summary>The library's file name on this operating system.</summary>
    public static string FileName { get; }
        = OperatingSystem.IsWindows() ? "onnxruntime.dll" : OperatingSystem.IsMacOS() ? "libonnxruntime.dylib" : "libonnxruntime.so";

    /// <summary>Loads the library from a directory, or from where a package lays it out below.</summary>
    /// <exception cref="DllNotFoundException">There is none, or it cannot be loaded; the message says what and where.</exception>
    public static OrtApiTable Load(string directory)
    {
        string[] candidates = [Path.Combine(directory, FileName), Path.Combine(directory, "runtimes", Platform, "native", FileName)];
        var path = Array.Find(candidates, File.Exists)
            ?? throw new DllNotFoundException($"ONNX Runtime's native library '{FileName}' for {Platform} is missing; looked for '{string.Join("' and '", candidates)}'.");
        try
        {
            var library = NativeLibrary.Load(path);
            return GetTable(path, (delegate* unmanaged[Cdecl]<OrtApiBase*>)NativeLibrary.GetExport(library, "OrtGetApiBase"));
        }
        catch (Exception exception) when (exception is DllNotFoundException or BadImageFormatException or EntryPointNotFoundException)
        {
            throw new DllNotFoundException($"ONNX Runtime's native library '{path}' cannot be loaded: {exception.Message}", exception);
        }
    }

    /// <summary>The platform part of a portable runtime identifier; <see cref="RuntimeInformation.RuntimeIdentifier"/> may name a distribution.</summary>
    public static string Platform
        => (OperatingSystem.IsWindows() ? "win-" : OperatingSystem.IsMacOS() ? "osx-" : "linux-") + RuntimeInformation.ProcessArchitecture.ToString().ToLowerInvariant();

    private static OrtApiTable GetTable(string path, delegate* unmanaged[Cdecl]<OrtApiBase*> getApiBase)
    {
        var apiBase = getApiBase();
        var version = Marshal.PtrToStringUTF8(((delegate* unmanaged[Cdecl]<nint>)apiBase->GetVersionString)()) ?? "";
        var api = (OrtApi*)((delegate* unmanaged[Cdecl]<uint, nint>)apiBase->GetApi)(ApiVersion);
        if (api is null)
        {
            throw new DllNotFoundException($"'{path}' is ONNX Runtime {version}, which has no API version {ApiVersion}; ONNX Runtime 1.{ApiVersion} or newer is needed.");
        }

        return new OrtApiTable(api, version);
    }
}
