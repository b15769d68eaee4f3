using Camshaft.Engine.Inference;

namespace Camshaft.Transport.Binary.Requests;

/// <summary>By which a request is cancelled that waits for its model to be loaded: the wait, and then what came of it. Any thread; ends with the request.</summary>
// Not disposed: a source without a timer holds nothing, and a cancel may come at any time.
#pragma warning disable CA1001
internal sealed class LoadWait
#pragma warning restore CA1001
{
    private readonly Lock _gate = new();
    private readonly CancellationTokenSource _source = new();
    private InferenceRequestHandle _inference;

    public CancellationToken Token => _source.Token;

    /// <summary>The wait is over: from now on it is the engine's request that is cancelled, at once if it was the wait before.</summary>
    public void Attach(InferenceRequestHandle inference)
    {
        lock (_gate)
        {
            _inference = inference;
        }

        if (_source.IsCancellationRequested)
        {
            inference.Cancel();
        }
    }

    public void Cancel()
    {
        // In this order, and Attach in the opposite one, so that one of the two sees the other. Whoever waits goes on elsewhere.
        _ = _source.CancelAsync();
        InferenceRequestHandle inference;
        lock (_gate)
        {
            inference = _inference;
        }

        inference.Cancel();
    }
}
