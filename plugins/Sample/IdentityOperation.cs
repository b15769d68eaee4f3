using Camshaft.Backends;

namespace Camshaft.Plugins.Sample;

/// <summary>OUTPUT0 is INPUT0: a vector of any length.</summary>
internal sealed class IdentityOperation(DataType dataType) : IOperation
{
    // Both dimensions have one name: the engine knows the output's length as soon as it knows the input's.
    public ModelSignature Signature { get; } = new(
        [new TensorSpec("INPUT0", dataType, new Shape(Shape.Variable)) { Symbols = ["length"] }],
        [new TensorSpec("OUTPUT0", dataType, new Shape(Shape.Variable)) { Symbols = ["length"] }]);

    public void Execute(ModelExecution execution)
    {
        if (!execution.IsOutputRequested(0))
        {
            return;
        }

        var input = execution.GetInput(0);
        input.Bytes.CopyTo(Outputs.Get(execution, 0, input).Bytes);
    }
}
