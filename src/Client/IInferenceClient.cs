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
}
