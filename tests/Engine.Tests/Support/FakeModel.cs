using Camshaft.Backends;

namespace Camshaft.Engine.Tests.Support;

/// <summary>A backend's model whose runs are whatever the test says. Stands in for mathematics only: memory, lanes and requests are real.</summary>
internal sealed class FakeModel(ModelSignature signature, Func<ModelExecution, ExecutionState> execute) : IBackend, ILoadedModel
{
    private int _instances;

    public int InstancesMade { get; private set; }

    public int InstancesAlive => _instances;

    public bool IsDisposed { get; private set; }

    /// <summary>Called when an instance is about to be disposed; what it throws the instance throws.</summary>
    public Action? InstanceEnding { get; set; }

    public string Name => "fake";

    public string Platform => "fake";

    public IReadOnlyList<string> ModelFileNames => ["model.fake"];

    public IReadOnlyList<DeviceKind> DeviceKinds => [DeviceKind.Cpu];

    public ModelSignature Signature => signature;

    public MemoryFootprint Footprint => Measuring?.Invoke() ?? default;

    /// <summary>Says what the model takes; null = nothing.</summary>
    public Func<MemoryFootprint>? Measuring { get; set; }

    public string? Note { get; set; }

    public void Start(BackendContext context)
    {
    }

    public ModelSignature? Inspect(ModelSource source) => signature;

    public ILoadedModel Load(ModelSource source, IDevice device, CancellationToken cancellationToken) => this;

    public IModelInstance CreateInstance(ILane lane)
    {
        InstancesMade++;
        Interlocked.Increment(ref _instances);
        return new Instance(this);
    }

    public void Dispose()
    {
        Assert.False(IsDisposed, "The model is disposed twice.");
        IsDisposed = true;
    }

    private sealed class Instance(FakeModel model) : IModelInstance
    {
        public ExecutionState Execute(ModelExecution execution) => model.Run(execution);

        public void Dispose()
        {
            try
            {
                model.InstanceEnding?.Invoke();
            }
            finally
            {
                Interlocked.Decrement(ref model._instances);
            }
        }
    }

    private ExecutionState Run(ModelExecution execution) => execute(execution);
}
