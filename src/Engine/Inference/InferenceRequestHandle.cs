using Camshaft.Backends;

namespace Camshaft.Engine.Inference;

/// <summary>
/// Names one use of a pooled <see cref="InferenceRequest"/>, for cancellation from anywhere. Once that use is over the
/// handle does nothing, although the object may serve another request by then.
/// </summary>
public readonly record struct InferenceRequestHandle
{
    private readonly InferenceRequest? _request;
    private readonly int _generation;

    internal InferenceRequestHandle(InferenceRequest request, int generation)
    {
        _request = request;
        _generation = generation;
    }

    /// <summary>
    /// Cancels the request: one that waits ends at once; one that runs is ended by its backend, if that can, and ends with
    /// <paramref name="code"/> when the run returns. Any thread.
    /// </summary>
    public void Cancel(StatusCode code = StatusCode.Cancelled) => _request?.Cancel(_generation, code);
}
