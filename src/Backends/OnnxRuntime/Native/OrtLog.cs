using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;

namespace Camshaft.Backends.OnnxRuntime.Native;

/// <summary>
/// Carries ONNX Runtime's own messages to the host's log. An environment keeps its first logger for as long as anyone holds
/// it, longer than one backend perhaps, so the native side knows only a static function, and that knows the latest log.
/// </summary>
internal static unsafe class OrtLog
{
    // OrtLoggingLevel: verbose 0, info 1, warning 2, error 3, fatal 4.
    public const int Warning = 2;
    public const int Error = 3;
    public const int Fatal = 4;

    // One line per initialiser, hundreds for some models; the loader says it once, with the count.
    private const string OverridableInitializer = "appears in graph inputs and will not be treated as constant value";

    // Said whenever a prepared model is saved; the cache's key sees to it.
    private const string HardwareSpecific = "may contain hardware specific optimizations";

    private static volatile IBackendLog? _target;

    /// <summary>Where messages go from now on.</summary>
    public static void SetTarget(IBackendLog log) => _target = log;

    /// <summary>The function for <c>CreateEnvWithCustomLogger</c>. Called from any thread.</summary>
    [UnmanagedCallersOnly(CallConvs = [typeof(CallConvCdecl)])]
    public static void Write(nint parameter, int severity, byte* category, byte* logId, byte* location, byte* message)
    {
        try
        {
            // The strings live during this call.
            var text = Marshal.PtrToStringUTF8((nint)message) ?? "";
            if (!text.Contains(OverridableInitializer, StringComparison.Ordinal) && !text.Contains(HardwareSpecific, StringComparison.Ordinal))
            {
                _target?.Write(LevelOf(severity), $"{Marshal.PtrToStringUTF8((nint)logId)}: {text}");
            }
        }
        catch (Exception)
        {
            // A message is lost. Letting the exception out would end the process: native code is above this frame.
        }
    }

    private static BackendLogLevel LevelOf(int severity) => severity switch
    {
        < Warning => BackendLogLevel.Debug,
        Warning => BackendLogLevel.Warning,
        _ => BackendLogLevel.Error,
    };
}
