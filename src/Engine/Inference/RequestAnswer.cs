using System.Threading.Tasks.Sources;
using Camshaft.Backends;

namespace Camshaft.Engine.Inference;

/// <summary>
/// The promise of a request's answer, awaited once in each use of the request. Nobody's continuation runs on the thread that fulfils it, which is a lane's.
/// Belongs to its request and is reused with it.
/// </summary>
internal sealed class RequestAnswer : IValueTaskSource<InferenceStatus>, IThreadPoolWorkItem
{
    // Nobody waits for it and it is not there; somebody waits; it is there.
    private const int Open = 0;
    private const int Awaited = 1;
    private const int Answered = 2;

    private ManualResetValueTaskSourceCore<InferenceStatus> _completion;
    private InferenceStatus _status;
    private int _state;

    /// <summary>What the request's owner awaits.</summary>
    public ValueTask<InferenceStatus> Task => new(this, _completion.Version);

    /// <summary>Fulfils it; the request is its owner's from here on, and the caller may not touch it after that.</summary>
    public void Set(in InferenceStatus status)
    {
        _status = status;
        if (Interlocked.Exchange(ref _state, Answered) == Awaited)
        {
            // It is its own work item, where the task's source would make one for each answer.
            ThreadPool.UnsafeQueueUserWorkItem(this, preferLocal: true);
            return;
        }

        // Who begins to wait at this moment is queued by the source.
        _completion.RunContinuationsAsynchronously = true;
        _completion.SetResult(status);
    }

    /// <summary>Makes it ready for the next use.</summary>
    public void Reset()
    {
        _completion.Reset();
        _status = default;
        _state = Open;
    }

    InferenceStatus IValueTaskSource<InferenceStatus>.GetResult(short token) => _completion.GetResult(token);

    ValueTaskSourceStatus IValueTaskSource<InferenceStatus>.GetStatus(short token) => _completion.GetStatus(token);

    void IValueTaskSource<InferenceStatus>.OnCompleted(Action<object?> continuation, object? state, short token, ValueTaskSourceOnCompletedFlags flags)
    {
        _completion.OnCompleted(continuation, state, token, flags);

        // Late, it may mark the next use as awaited, whose answer then only takes the longer way.
        Interlocked.CompareExchange(ref _state, Awaited, Open);
    }

    /// <summary>Goes on with whoever waited, on the pool's thread.</summary>
    void IThreadPoolWorkItem.Execute()
    {
        _completion.RunContinuationsAsynchronously = false;
        _completion.SetResult(_status);
    }
}
