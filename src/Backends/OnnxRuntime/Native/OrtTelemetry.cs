using System.Runtime.InteropServices;

namespace Camshaft.Backends.OnnxRuntime.Native;

/// <summary>
/// Switches the telemetry of ONNX Runtime's own builds off: a server neither reports to others what it runs nor leaves
/// identifiers in its user's home. Who wants it says <c>ORT_DISABLE_TELEMETRY=0</c>.
/// </summary>
internal static unsafe class OrtTelemetry
{
    private const int KeepWhatIsSet = 0;

    /// <summary>Switches it off, before the library is loaded.</summary>
    public static void Disable()
    {
        // The library reads the C environment, which .NET's own setter does not reach; on Windows it uses another way, by its API.
        if (!OperatingSystem.IsWindows() && NativeLibrary.TryGetExport(NativeLibrary.GetMainProgramHandle(), "setenv", out var address))
        {
            var setEnvironment = (delegate* unmanaged[Cdecl]<byte*, byte*, int, int>)address;
            fixed (byte* name = "ORT_DISABLE_TELEMETRY"u8, value = "1"u8)
            {
                setEnvironment(name, value, KeepWhatIsSet);
            }
        }
    }
}
