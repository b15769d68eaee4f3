using Camshaft.Backends;

namespace Camshaft.TestPlugins;

/// <summary>A backend that runs nothing: each test plugin is one with one peculiarity.</summary>
public abstract class EmptyBackend(string name) : IBackend
{
    public string Name => name;

    public virtual string Platform => name;

    public IReadOnlyList<string> ModelFileNames => [$"model.{name}"];

    public IReadOnlyList<DeviceKind> DeviceKinds => [DeviceKind.Cpu];

    public virtual void Start(BackendContext context)
    {
    }

    public virtual ModelSignature? Inspect(ModelSource source) => null;

    public ILoadedModel Load(ModelSource source, IDevice device, CancellationToken cancellationToken) =>
        throw new BackendException(StatusCode.Unsupported, $"{source}: the test plugin '{name}' runs nothing.");

    public void Dispose() => GC.SuppressFinalize(this);
}
