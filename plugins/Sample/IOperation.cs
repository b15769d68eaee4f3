using Camshaft.Backends;

namespace Camshaft.Plugins.Sample;

/// <summary>What a sample model computes. Without state, so that one object serves all instances.</summary>
internal interface IOperation
{
    /// <summary>The inputs and outputs.</summary>
    ModelSignature Signature { get; }

    /// <summary>Computes the requested outputs of one batch.</summary>
    void Execute(ModelExecution execution);
}
