using Camshaft.Backends;
using Camshaft.Client.Connections;
using Camshaft.Client.Requests;

namespace Camshaft.Client;

/// <summary>A model over the binary protocol. Each connection opens it for itself when it is first needed there. Any thread.</summary>
internal sealed class CamshaftModel(CallDriver driver, string name, long? version) : IInferenceModel
{
    private volatile OpenedModel? _opened;
    private int _isDisposed;

    public string Name { get; } = name;

    /// <summary>The version that was asked for; null for the highest that is ready.</summary>
    public long? WantedVersion { get; } = version;

    public long Version => _opened!.Version;

    public ModelSignature Signature => _opened!.Signature;

    public ValueTask<InferenceResult> InferAsync(ReadOnlySpan<InferenceInput> inputs, InferenceOptions? options = null, CancellationToken cancellationToken = default)
    {
        ObjectDisposedException.ThrowIf(Volatile.Read(ref _isDisposed) != 0, this);
        driver.Endpoints.ThrowIfDisposed();
        return cancellationToken.IsCancellationRequested
            ? ValueTask.FromCanceled<InferenceResult>(cancellationToken)
            : driver.InferAsync(this, inputs, options ?? InferenceOptions.Default, cancellationToken);
    }

    /// <summary>A connection has opened it; the last one tells the signature.</summary>
    public void OnOpened(OpenedModel opened) => _opened = opened;

    public ValueTask DisposeAsync()
    {
        if (Interlocked.Exchange(ref _isDisposed, 1) == 0)
        {
            driver.Endpoints.Close(this);
        }

        return ValueTask.CompletedTask;
    }
}
