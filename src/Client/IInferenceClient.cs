using Camshaft.Backends;

namespace Camshaft.Client;

/// <summary>
/// A way to the models of a server. Make one for the whole life of a program and share it: any thread may use it, many at once.
/// <see cref="CamshaftClient"/> speaks the binary protocol, <see cref="KServeHttpClient"/> KServe V2 over HTTP, and
/// <see cref="InMemoryInferenceClient"/> stands in for both in tests.
/// </summary>
public interface IInferenceClient : IAsyncDisposable
{
    /// <summary>Finds a model and learns its signature.</summary>
    /// <param name="name">The model's name, or an alias that the server has for one.</param>
    /// <param name="version">The version; null follows the highest that is ready.</param>
    /// <param name="cancellationToken">Gives it up.</param>
    /// <returns>The model. Open it once and use it for all requests.</returns>
    /// <exception cref="InferenceException">There is no such model, or the server cannot be reached.</exception>
    /// <exception cref="OperationCanceledException"><paramref name="cancellationToken"/> was cancelled.</exception>
    ValueTask<IInferenceModel> OpenModelAsync(string name, long? version = null, CancellationToken cancellationToken = default);

    /// <summary>Makes memory that is shared with the server, for tensors that are then not sent.</summary>
    /// <param name="byteSize">How many bytes, more than 0.</param>
    /// <param name="cancellationToken">Gives it up.</param>
    /// <returns>
    /// The memory, all zeros, to be disposed by the caller, before the client. Over a Unix socket whose server takes descriptors it is sealed, and the server uses most tensors
    /// where they lie; else it has a name, and the server copies. With a name over TCP every user of this machine can open it, and a program that is killed leaves it behind.
    /// </returns>
    /// <exception cref="InferenceException">The server does not offer it to this client, or cannot be reached.</exception>
    /// <exception cref="PlatformNotSupportedException">This is not Linux.</exception>
    /// <exception cref="OperationCanceledException"><paramref name="cancellationToken"/> was cancelled.</exception>
    ValueTask<SharedRegion> CreateRegionAsync(int byteSize, CancellationToken cancellationToken = default);

    /// <summary>
    /// Has the server open a GPU's memory of this process, for tensors to lie there: models on that GPU read and write it without the host, and others by a copy that the server
    /// makes. Whatever this process has enqueued on inputs must have run (<c>cudaStreamSynchronize</c>) when a request is sent; an output is complete when its request has ended.
    /// </summary>
    /// <param name="handle">The 64 bytes that <c>cudaIpcGetMemHandle</c> gives for memory of <c>cudaMalloc</c>.</param>
    /// <param name="ordinal">The GPU's number, as the server counts: it sees other GPUs than this process when <c>CUDA_VISIBLE_DEVICES</c> differ.</param>
    /// <param name="byteSize">How many bytes, more than 0.</param>
    /// <param name="offset">Where in what the handle names they begin; a handle is of a whole allocation, also where it was asked for with an address inside.</param>
    /// <param name="cancellationToken">Gives it up.</param>
    /// <returns>The memory, to be disposed by the caller before it is freed, and before the client.</returns>
    /// <exception cref="InferenceException">The server does not offer it to this client, cannot open the handle, or cannot be reached.</exception>
    /// <exception cref="ArgumentException">The handle has not 64 bytes, or a number is negative.</exception>
    /// <exception cref="OperationCanceledException"><paramref name="cancellationToken"/> was cancelled.</exception>
    ValueTask<SharedRegion> RegisterCudaMemoryAsync(ReadOnlySpan<byte> handle, int ordinal, int byteSize, long offset = 0, CancellationToken cancellationToken = default) =>
        throw new InferenceException(StatusCode.Unsupported, "This client shares no memory of GPUs; CamshaftClient does.");
}
