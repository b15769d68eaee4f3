using System.Globalization;
using System.Runtime.InteropServices;

namespace Camshaft.Backends.OnnxRuntime.Native;

/// <summary>Asks a session's arena what it holds.</summary>
internal static unsafe class OrtArena
{
    /// <summary>Reads how many bytes an arena holds; 0 = there is none, or it does not say. The session lives meanwhile.</summary>
    public static long ReadByteSize(OrtApiTable api, OrtHandle session, OrtHandle memory)
    {
        nint allocator;
        if (!Succeeded(api, api.CreateAllocator(session.Value, memory.Value, &allocator)))
        {
            return 0;
        }

        using var owned = new OrtHandle(allocator, api.ReleaseAllocator, session);
        return ReadByteSize(api, owned);
    }

    /// <summary>Reads how many bytes the arena behind an allocator holds; 0 = it does not say.</summary>
    public static long ReadByteSize(OrtApiTable api, OrtHandle allocator)
    {
        nint statistics;
        if (!Succeeded(api, api.AllocatorGetStats(allocator.Value, &statistics)))
        {
            return 0;
        }

        using var owned = new OrtHandle(statistics, api.ReleaseKeyValuePairs);
        fixed (byte* key = "TotalAllocated\0"u8)
        {
            var text = Marshal.PtrToStringUTF8((nint)api.GetKeyValue(statistics, key));
            return long.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out var byteSize) ? byteSize : 0;
        }
    }

    private static bool Succeeded(OrtApiTable api, nint status)
    {
        if (status != 0)
        {
            api.TakeError(status);
        }

        return status == 0;
    }
}
