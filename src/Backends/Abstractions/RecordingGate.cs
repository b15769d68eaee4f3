namespace Camshaft.Backends;

/// <summary>
/// Keeps apart what backends do on one device and what would spoil a recording there. While work of any stream is recorded as a graph, the
/// driver refuses to wait for the whole device, whoever asks, and ends the recording with it; and libraries wait for the whole device when
/// they are loaded, built or released, or come by a new shape. So calls into such a library wait for a recording, which takes
/// milliseconds, and a recording waits for calls; it does not wait for those that take long. Any thread.
/// </summary>
public sealed class RecordingGate
{
    private readonly object _gate = new();
    private int _calls;
    private int _longCalls;
    private bool _isRecording;

    /// <summary>Begins a call, a run for example, when nothing is recorded.</summary>
    public void EnterCall()
    {
        lock (_gate)
        {
            WaitForRecording();
            _calls++;
        }
    }

    /// <summary>Ends what <see cref="EnterCall"/> began.</summary>
    public void ExitCall()
    {
        lock (_gate)
        {
            if (--_calls == 0 && _isRecording)
            {
                Monitor.PulseAll(_gate);
            }
        }
    }

    /// <summary>Begins a call that may take long, a load for example, when nothing is recorded. Nothing is until it has ended.</summary>
    public void EnterLongCall()
    {
        lock (_gate)
        {
            WaitForRecording();
            _longCalls++;
        }
    }

    /// <summary>Ends what <see cref="EnterLongCall"/> began.</summary>
    public void ExitLongCall()
    {
        lock (_gate)
        {
            _longCalls--;
        }
    }

    /// <summary>Begins a recording, when the calls that are under way have ended.</summary>
    /// <returns><see langword="false"/>: one is under way, or a long call is; it has not begun, and can be tried again later.</returns>
    public bool TryEnterRecording()
    {
        lock (_gate)
        {
            if (_isRecording || _longCalls > 0)
            {
                return false;
            }

            _isRecording = true;
            while (_calls > 0)
            {
                Monitor.Wait(_gate);
            }

            return true;
        }
    }

    /// <summary>Ends what <see cref="TryEnterRecording"/> began.</summary>
    public void ExitRecording()
    {
        lock (_gate)
        {
            _isRecording = false;
            Monitor.PulseAll(_gate);
        }
    }

    private void WaitForRecording()
    {
        while (_isRecording)
        {
            Monitor.Wait(_gate);
        }
    }
}
