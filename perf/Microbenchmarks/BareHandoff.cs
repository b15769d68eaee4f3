using System.Threading.Tasks.Sources;

namespace Camshaft.Microbenchmarks;

/// <summary>
/// The least that a way through another thread costs: wake a thread that waits, let it complete a promise, and go on on the
/// thread pool. What a request through a lane takes beyond it and beyond the model's run is the engine's.
/// </summary>
internal sealed class BareHandoff : IValueTaskSource, IDisposable
{
    private readonly object _gate = new();
    private readonly Thread _thread;
    private readonly Action? _work;
    private ManualResetValueTaskSourceCore<bool> _completion = new() { RunContinuationsAsynchronously = true };
    private bool _hasWork;
    private bool _stopping;

    public BareHandoff(Action? work = null)
    {
        _work = work;
        _thread = new Thread(Loop) { IsBackground = true };
        _thread.Start();
    }

    public ValueTask RunAsync()
    {
        var answer = new ValueTask(this, _completion.Version);
        lock (_gate)
        {
            _hasWork = true;
            Monitor.Pulse(_gate);
        }

        return answer;
    }

    public void Dispose()
    {
        lock (_gate)
        {
            _stopping = true;
            Monitor.Pulse(_gate);
        }

        _thread.Join();
    }

    void IValueTaskSource.GetResult(short token)
    {
        _completion.GetResult(token);
        _completion.Reset();
    }

    ValueTaskSourceStatus IValueTaskSource.GetStatus(short token) => _completion.GetStatus(token);

    void IValueTaskSource.OnCompleted(Action<object?> continuation, object? state, short token, ValueTaskSourceOnCompletedFlags flags) =>
        _completion.OnCompleted(continuation, state, token, flags);

    private void Loop()
    {
        while (true)
        {
            lock (_gate)
            {
                while (!_hasWork)
                {
                    if (_stopping)
                    {
                        return;
                    }

                    Monitor.Wait(_gate);
                }

                _hasWork = false;
            }

            _work?.Invoke();
            _completion.SetResult(true);
        }
    }
}
