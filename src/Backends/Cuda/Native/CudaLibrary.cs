using System.Runtime.InteropServices;

namespace Camshaft.Backends.Cuda.Native;

/// <summary>The driver's own library, which comes with it and lies where the system looks for libraries. Loaded once; never unloaded.</summary>
internal static unsafe class CudaLibrary
{
    /// <summary>The library's name on this operating system.</summary>
    public static string FileName { get; } = OperatingSystem.IsWindows() ? "nvcuda.dll" : "libcuda.so.1";

    // Where it lies when the system does not look there: in containers of some hosts, and on Windows' Linux.
    private static readonly string[] OtherDirectories =
        ["/usr/local/nvidia/lib64", "/usr/lib/wsl/lib", "/usr/lib/x86_64-linux-gnu", "/usr/lib/aarch64-linux-gnu", "/usr/lib64", "/run/opengl-driver/lib"];

    /// <summary>Loads it.</summary>
    /// <returns>Finds its functions.</returns>
    /// <exception cref="CudaUnavailableException">There is none, or it is older than CUDA 12.0.</exception>
    public static CudaResolver Load()
    {
        if (!NativeLibrary.TryLoad(FileName, out var library) && !TryLoadElsewhere(out library))
        {
            throw new CudaUnavailableException($"no NVIDIA driver: '{FileName}' is not there");
        }

        // Takes the version of the form that is wanted, which plain exports have in their names (_v2), and differently each time.
        return NativeLibrary.TryGetExport(library, "cuGetProcAddress_v2", out var getProcAddress)
            ? (name, version) => Find((delegate* unmanaged<byte*, nint*, int, ulong, int*, CudaStatus>)getProcAddress, name, version)
            : throw new CudaUnavailableException($"the NVIDIA driver lacks 'cuGetProcAddress_v2' of CUDA {CudaApi.FormatVersion(CudaApi.LeastVersion)}; a newer driver is needed");
    }

    private static bool TryLoadElsewhere(out nint library)
    {
        library = 0;
        if (!OperatingSystem.IsLinux() || Array.Find(OtherDirectories, static directory => File.Exists(Path.Combine(directory, FileName))) is not { } directory)
        {
            return false;
        }

        // It loads its compiler by name when there is PTX, and does not look beside itself; what is loaded already is found by its name.
        _ = NativeLibrary.TryLoad(Path.Combine(directory, "libnvidia-ptxjitcompiler.so.1"), out _);
        return NativeLibrary.TryLoad(Path.Combine(directory, FileName), out library);
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
