namespace Camshaft.Backends.OnnxRuntime.Gpu;

/// <summary>A call that may take long while it lasts: nothing is recorded as a graph meanwhile.</summary>
internal readonly struct LongCall : IDisposable
{
    private readonly RecordingGate? _gate;

    public LongCall(RecordingGate? gate)
    {
        _gate = gate;
        gate?.EnterLongCall();
    }

    public void Dispose() => _gate?.ExitLongCall();
}
