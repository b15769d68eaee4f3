using System.Collections.Concurrent;
using Camshaft.Backends;
using Camshaft.Client.InMemory;

namespace Camshaft.Client;

/// <summary>
/// A client for tests of the programs that use one: models are functions of the test's, and no server is needed. Inputs are checked against
/// signatures as a server does. Any thread.
/// </summary>
public sealed class InMemoryInferenceClient : IInferenceClient
{
    private readonly ConcurrentDictionary<string, InMemoryModel> _models = new(StringComparer.Ordinal);

    /// <summary>Adds a model, or replaces it.</summary>
    /// <param name="name">Its name.</param>
    /// <param name="signature">Its inputs and outputs.</param>
    /// <param name="run">Runs it: reads inputs, writes outputs, and throws <see cref="InferenceException"/> for what a server would answer with an error.</param>
    /// <returns>This client.</returns>
    public InMemoryInferenceClient AddModel(string name, ModelSignature signature, Action<InMemoryRequest> run)
    {
        ArgumentNullException.ThrowIfNull(run);
        return AddModel(
            name,
            signature,
            (request, _) =>
            {
                run(request);
                return ValueTask.CompletedTask;
            });
    }

    /// <summary>Adds a model that takes its time, or replaces it.</summary>
    /// <param name="name">Its name.</param>
    /// <param name="signature">Its inputs and outputs.</param>
    /// <param name="run">Runs it, until its token is cancelled: when the request is, or its time is over.</param>
    /// <param name="version">Its version.</param>
    /// <returns>This client.</returns>
    public InMemoryInferenceClient AddModel(string name, ModelSignature signature, Func<InMemoryRequest, CancellationToken, ValueTask> run, long version = 1)
    {
        ArgumentException.ThrowIfNullOrEmpty(name);
        ArgumentNullException.ThrowIfNull(signature);
        ArgumentNullException.ThrowIfNull(run);
        _models[name] = new InMemoryModel(name, version, signature, run);
        return this;
    }

    /// <inheritdoc/>
    public ValueTask<IInferenceModel> OpenModelAsync(string name, long? version = null, CancellationToken cancellationToken = default) =>
        _models.TryGetValue(name, out var model) && (version is null || version == model.Version)
            ? new ValueTask<IInferenceModel>(model)
            : throw new InferenceException(StatusCode.NotFound, $"Model '{name}'{(version is null ? "" : $" version {version}")} was not found.");

    /// <summary>Makes memory of this process's own, which models read and write as if it were shared. On every system.</summary>
    /// <inheritdoc/>
    public ValueTask<SharedRegion> CreateRegionAsync(int byteSize, CancellationToken cancellationToken = default)
    {
        ArgumentOutOfRangeException.ThrowIfNegativeOrZero(byteSize);
        return ValueTask.FromResult(new SharedRegion(byteSize));
    }

    /// <inheritdoc/>
    public ValueTask DisposeAsync() => ValueTask.CompletedTask;
}
