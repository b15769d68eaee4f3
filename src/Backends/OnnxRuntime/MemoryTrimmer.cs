using System.Runtime.InteropServices;

namespace Camshaft.Backends.OnnxRuntime;

/// <summary>
/// Gives freed memory back to the system after an unload. glibc keeps it: freeing one large block raises the size from which
/// it maps memory, and 100 MB of weights then stay in its heap.
/// </summary>
internal static unsafe class MemoryTrimmer
{
    // int malloc_trim(size_t pad). Only glibc has it; null elsewhere.
    private static readonly delegate* unmanaged[Cdecl]<nuint, int> MallocTrim = FindMallocTrim();

    /// <summary>Trims the C heap; takes some tens of milliseconds when there is much to give back.</summary>
    public static void Trim()
    {
        if (MallocTrim is not null)
        {
            MallocTrim(0);
        }
    }

    private static delegate* unmanaged[Cdecl]<nuint, int> FindMallocTrim()
        => OperatingSystem.IsLinux() && NativeLibrary.TryLoad("libc.so.6", out var libc) && NativeLibrary.TryGetExport(libc, "malloc_trim", out var address)
            ? (delegate* unmanaged[Cdecl]<nuint, int>)address
            : null;
}
