using Camshaft.Backends;

[assembly: CamshaftPlugin(ContractVersion.Minor)]

namespace Camshaft.TestPlugins;

/// <summary>
/// Runs that end when the test says so, whatever else happens: by the <see cref="ManualResetEventSlim"/> that the test puts
/// into <see cref="AppContext"/> under the model's name.
/// </summary>
public sealed class StuckBackend : IBackend
{
    public string Name => "stuck";

    public string Platform => "stuck";

    public IReadOnlyList<string> ModelFileNames => ["model.stuck"];

    public IReadOnlyList<DeviceKind> DeviceKinds => [DeviceKind.Cpu];

    public void Start(BackendContext context)
    {
    }

    public ModelSignature? Inspect(ModelSource source) => null;

    public ILoadedModel Load(ModelSource source, IDevice device, CancellationToken cancellationToken) => new Model(source.ModelName);

    public void Dispose()
    {
    }

    private sealed class Model(string name) : ILoadedModel, IModelInstance
    {
        public ModelSignature Signature { get; } = new([new TensorSpec("in", DataType.Int32, new Shape(1))], [new TensorSpec("out", DataType.Int32, new Shape(1))]);

        public MemoryFootprint Footprint => default;

        public IModelInstance CreateInstance(ILane lane) => this;

        public ExecutionState Execute(ModelExecution execution)
        {
            (AppContext.GetData(name) as ManualResetEventSlim)?.Wait();
            execution.TryGetOutput(0, out var output);
            output.AsSpan<int>()[0] = execution.GetInput(0).AsSpan<int>()[0];
            return ExecutionState.Completed;
        }

        public void Dispose()
        {
        }
    }
}
