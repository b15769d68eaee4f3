using Camshaft.Backends;

namespace Camshaft.Client;

/// <summary>A model that a client has opened. Any thread, many requests at once; valid across lost connections, until its client is disposed.</summary>
public interface IInferenceModel : IAsyncDisposable
{
    /// <summary>The name by which it was opened.</summary>
    string Name { get; }

    /// <summary>The version whose <see cref="Signature"/> it is; which one ran a request, its result tells.</summary>
    long Version { get; }

    /// <summary>Its inputs and outputs.</summary>
    ModelSignature Signature { get; }

    /// <summary>Runs the model.</summary>
    /// <param name="inputs">
    /// The inputs, in any order; those that are optional may lack. The span is read before the call returns. What the inputs refer to is read
    /// until the task has ended, and must not change before.
    /// </param>
    /// <param name="options">Deadline, priority and the like; null for the client's own.</param>
    /// <param name="cancellationToken">Cancels the request, also in the server. The task ends at once.</param>
    /// <returns>The outputs, to be disposed by the caller. Await the task once.</returns>
    /// <exception cref="InferenceException">The server refused or failed, was not reached, or did not answer in time.</exception>
    /// <exception cref="OperationCanceledException"><paramref name="cancellationToken"/> was cancelled.</exception>
    /// <exception cref="ObjectDisposedException">The model or its client was disposed.</exception>
    ValueTask<InferenceResult> InferAsync(ReadOnlySpan<InferenceInput> inputs, InferenceOptions? options = null, CancellationToken cancellationToken = default);
}
