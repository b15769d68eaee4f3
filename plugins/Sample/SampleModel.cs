using Camshaft.Backends;

namespace Camshaft.Plugins.Sample;

/// <summary>A loaded model. It has no weights; one that has keeps them here, once for all instances.</summary>
internal sealed class SampleModel(IOperation operation) : ILoadedModel
{
    public ModelSignature Signature => operation.Signature;

    public MemoryFootprint Footprint => default;

    public IModelInstance CreateInstance(ILane lane) => new Instance(operation);

    public void Dispose()
    {
    }

    /// <summary>One lane's instance; scratch memory of a run would be kept here.</summary>
    private sealed class Instance(IOperation operation) : IModelInstance
    {
        public ExecutionState Execute(ModelExecution execution)
        {
            operation.Execute(execution);
            return ExecutionState.Completed;
        }

        public void Dispose()
        {
        }
    }
}
