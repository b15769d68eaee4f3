using Camshaft.Backends;

namespace Camshaft.Plugins.Sample;

/// <summary>Runs the few operations that a <c>model.sample</c> file can name, in C# on the processor.</summary>
public sealed class SampleBackend : IBackend
{
    /// <inheritdoc/>
    public string Name => "sample";

    /// <inheritdoc/>
    public string Platform => "sample";

    /// <inheritdoc/>
    public IReadOnlyList<string> ModelFileNames => ["model.sample"];

    /// <inheritdoc/>
    public IReadOnlyList<DeviceKind> DeviceKinds => [DeviceKind.Cpu];

    /// <inheritdoc/>
    public void Start(BackendContext context)
    {
        // A backend with native libraries loads them here, so that a missing one is reported with the plugin and not with the
        // first model.
        ArgumentNullException.ThrowIfNull(context);
        context.Log.Write(BackendLogLevel.Debug, "The sample backend is ready.");
    }

    /// <inheritdoc/>
    public ModelSignature? Inspect(ModelSource source) => SampleFile.Read(source).CreateOperation().Signature;

    /// <inheritdoc/>
    public ILoadedModel Load(ModelSource source, IDevice device, CancellationToken cancellationToken) =>
        new SampleModel(SampleFile.Read(source).CreateOperation());

    /// <inheritdoc/>
    public void Dispose()
    {
    }
}
