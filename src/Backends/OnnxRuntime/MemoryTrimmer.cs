using System.Runtime.InteropServices;

namespace Camshaft.Backends.OnnxRuntime;

/// <summary>
/// Gives freed memory back to the system after an unload. glibc keeps it: freeing one large block raises the size from which
/// it maps memory, and 100 MB of weights then stay in its heap; and it raises twice as far what may lie free at the end of each
/// of its heaps, of which threads that load models use many.
/// </summary>
internal static unsafe class MemoryTrimmer
{
    // <malloc.h>: M_TRIM_THRESHOLD, M_MMAP_THRESHOLD.
    private const int TrimThresholdOption = -1;
    private const int MapThresholdOption = -3;

    // Trimming does not reach the free end of a heap that is not the first; what is freed is given back from that size on. Without it
    // 50 loads and unloads of a model of 60 MB left 150 MB. The other is the most that glibc raises it to by itself: with less, a
    // load that maps and unmaps its blocks takes up to three times as long.
    private const int TrimThreshold = 1 << 20;
    private const int MapThreshold = 32 << 20;

    // int malloc_trim(size_t pad) and int mallopt(int param, int value). Only glibc has the first; null elsewhere.
    private static readonly delegate* unmanaged[Cdecl]<nuint, int> MallocTrim = (delegate* unmanaged[Cdecl]<nuint, int>)Find("malloc_trim");
    private static readonly delegate* unmanaged[Cdecl]<int, int, int> MallocOption = (delegate* unmanaged[Cdecl]<int, int, int>)Find("mallopt");

    /// <summary>Bounds what stays free at the end of each heap of the process, unless its environment says how much may.</summary>
    public static void Prepare()
    {
        if (MallocTrim is not null && MallocOption is not null
            && Environment.GetEnvironmentVariable("MALLOC_TRIM_THRESHOLD_") is null
            && Environment.GetEnvironmentVariable("GLIBC_TUNABLES") is null)
        {
            _ = MallocOption(TrimThresholdOption, TrimThreshold);
            _ = MallocOption(MapThresholdOption, MapThreshold);
        }
    }

    /// <summary>Trims the C heap; takes some tens of milliseconds when there is much to give back.</summary>
    public static void Trim()
    {
        if (MallocTrim is not null)
        {
            MallocTrim(0);
        }
    }

    private static nint Find(string name) =>
        OperatingSystem.IsLinux() && NativeLibrary.TryLoad("libc.so.6", out var libc) && NativeLibrary.TryGetExport(libc, name, out var address) ? address : 0;
}
