namespace Camshaft.Testing.Cuda;

/// <summary>What the driver keeps for each thread: its context, how it minds others' recordings, and whether a function of the host runs on it that must not call the driver.</summary>
internal static class SimulatedThread
{
    [ThreadStatic]
    private static SimulatedDriver? _owner;

    [ThreadStatic]
    private static nint _context;

    [ThreadStatic]
    private static SimulatedGreenContext? _green;

    /// <summary>The thread's capture mode, 0 = <c>CU_STREAM_CAPTURE_MODE_GLOBAL</c>.</summary>
    [field: ThreadStatic]
    public static int CaptureMode { get; private set; }

    /// <summary>Whether a function runs on it that <c>cuLaunchHostFunc</c> was given.</summary>
    [field: ThreadStatic]
    public static bool IsHostFunction { get; private set; }

    /// <summary>The handle of the thread's context; 0 = it has none.</summary>
    public static nint GetContext(SimulatedDriver driver) => _owner == driver ? _context : 0;

    /// <summary>The green context that is current; null = the primary context is, or none.</summary>
    public static SimulatedGreenContext? GetGreen(SimulatedDriver driver) => _owner == driver ? _green : null;

    /// <summary>Makes a context current.</summary>
    /// <exception cref="Misuse">The green context is another thread's.</exception>
    public static void SetContext(SimulatedDriver driver, nint context, SimulatedGreenContext? green)
    {
        if (GetGreen(driver) is { } before)
        {
            before.Thread = 0;
        }

        green?.BindTo(Environment.CurrentManagedThreadId);
        (_owner, _context, _green) = (driver, context, green);
    }

    public static int ExchangeCaptureMode(int mode)
    {
        (CaptureMode, var before) = (mode, CaptureMode);
        return before;
    }

    /// <summary>Calls a function of the host as <c>cuLaunchHostFunc</c> does.</summary>
    public static unsafe void CallHost(delegate* unmanaged<nint, void> function, nint argument)
    {
        IsHostFunction = true;
        function(argument);
        IsHostFunction = false;
    }
}
