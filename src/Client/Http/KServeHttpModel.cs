using Camshaft.Backends;

namespace Camshaft.Client.Http;

/// <summary>A model over KServe V2. Holds nothing in the server. Any thread.</summary>
internal sealed class KServeHttpModel(KServeHttpCaller caller, string name, long version, ModelSignature signature, string path) : IInferenceModel
{
    public string Name { get; } = name;

    public long Version { get; } = version;

    public ModelSignature Signature { get; } = signature;

    /// <summary>Where it is run.</summary>
    public string Path { get; } = path;

    public ValueTask<InferenceResult> InferAsync(ReadOnlySpan<InferenceInput> inputs, InferenceOptions? options = null, CancellationToken cancellationToken = default)
    {
        if (options is { OutputRegions.Count: > 0 })
        {
            throw new InferenceException(StatusCode.Unsupported, "Over HTTP no memory is shared; outputs cannot go there.");
        }

        foreach (ref readonly var input in inputs)
        {
            input.ThrowIfOnGpu();
        }

        return new(caller.InferAsync(this, inputs.ToArray(), options ?? InferenceOptions.Default, cancellationToken));
    }

    public ValueTask DisposeAsync() => ValueTask.CompletedTask;
}
