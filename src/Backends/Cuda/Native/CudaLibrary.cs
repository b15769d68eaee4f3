using System.Runtime.InteropServices;

namespace Camshaft.Backends.Cuda.Native;

/// <summary>The driver's own library, which comes with it and lies where the system looks for libraries. Loaded once; never unloaded.</summary>
internal static unsafe class CudaLibrary
{
    /// <summary>The library's name on this operating system.</summary>
    public static string FileName { get; } = OperatingSystem.IsWindows() ? "nvcuda.dll" : "libcuda.so.1";

    /// <summary>Loads it.</summary>
    /// <returns>Finds its functions.</returns>
    /// <exception cref="CudaUnavailableException">There is none, or it is older than CUDA 12.0.</exception>
    public static CudaResolver Load()
    {
        if (!NativeLibrary.TryLoad(FileName, out var library))
        {
            throw new CudaUnavailableException($"no NVIDIA driver: '{FileName}' is not there");
        }

        // Takes the version of the form that is wanted, which plain exports have in their names (_v2), and differently each time.
        return NativeLibrary.TryGetExport(library, "cuGetProcAddress_v2", out var getProcAddress)
            ? (name, version) => Find((delegate* unmanaged<byte*, nint*, int, ulong, int*, CudaStatus>)getProcAddress, name, version)
            : throw new CudaUnavailableException($"the NVIDIA driver lacks 'cuGetProcAddress_v2' of CUDA {CudaApi.FormatVersion(CudaApi.LeastVersion)}; a newer driver is needed");
    }

    private static nint Find(delegate* unmanaged<byte*, nint*, int, ulong, int*, CudaStatus> getProcAddress, string name, int version)
    {
        nint address = 0;
        var found = 0;
        var utf8Name = Marshal.StringToCoTaskMemUTF8(name);
        try
        {
            // A driver older than the version refuses the call as a whole (CUDA_ERROR_INVALID_VALUE).
            return getProcAddress((byte*)utf8Name, &address, version, 0, &found) == CudaStatus.Success && found == 0 ? address : 0;
        }
        finally
        {
            Marshal.FreeCoTaskMem(utf8Name);
        }
    }
}
