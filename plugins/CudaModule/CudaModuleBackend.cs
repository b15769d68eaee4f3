using Camshaft.Backends;
using Camshaft.Backends.Cuda;
using Camshaft.Plugins.CudaModules.Manifest;

namespace Camshaft.Plugins.CudaModules;

/// <summary>Runs models that are CUDA modules: a <c>module.yaml</c> that names kernels, beside the PTX, cubin or fatbin that has them.</summary>
public sealed class CudaModuleBackend : IBackend
{
    private IBackendLog? _log;

    /// <inheritdoc/>
    public string Name => "cuda_module";

    /// <inheritdoc/>
    public string Platform => "cuda_module";

    /// <inheritdoc/>
    public IReadOnlyList<string> ModelFileNames => ["module.yaml"];

    /// <inheritdoc/>
    public IReadOnlyList<DeviceKind> DeviceKinds => [DeviceKind.Cuda];

    /// <inheritdoc/>
    public void Start(BackendContext context)
    {
        // Nothing to load: each device knows its driver.
        ArgumentNullException.ThrowIfNull(context);
        _log = context.Log;
    }

    /// <inheritdoc/>
    public ModelSignature? Inspect(ModelSource source) => ManifestReader.Read(source).Signature;

    /// <inheritdoc/>
    public ILoadedModel Load(ModelSource source, IDevice device, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(source);
        var definition = ManifestReader.Read(source);
        var share = device as IAcceleratorShare ?? throw new BackendException(StatusCode.Unsupported, $"{source}: a CUDA module runs on a GPU; expected 'device: cuda'.");
        try
        {
            return LoadedModule.Load(source, definition, share, _log);
        }
        catch (CudaException exception)
        {
            throw new BackendException(exception.Code, $"{source}: {exception.Message}", exception);
        }
    }

    /// <inheritdoc/>
    public void Dispose()
    {
    }
}
