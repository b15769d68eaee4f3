using System.Numerics;
using System.Runtime.InteropServices;
using Camshaft.Backends;

namespace Camshaft.Plugins.Sample;

/// <summary>OUTPUT0 is INPUT0 + INPUT1 and OUTPUT1 is INPUT0 - INPUT1, INT32 of shape <c>[batch, 16]</c>.</summary>
internal sealed class AddSubOperation : IOperation
{
    private const int Sum = 0;
    private const int Difference = 1;

    public ModelSignature Signature { get; } = new([Spec("INPUT0"), Spec("INPUT1")], [Spec("OUTPUT0"), Spec("OUTPUT1")]);

    public void Execute(ModelExecution execution)
    {
        var input = execution.GetInput(0);
        var left = input.AsSpan<int>();
        var right = execution.GetInput(1).AsSpan<int>();
        if (left.Length != right.Length)
        {
            throw new BackendException(StatusCode.InvalidArgument, $"INPUT0 has {left.Length / 16} rows and INPUT1 {right.Length / 16}; expected as many.");
        }

        if (execution.IsOutputRequested(Sum))
        {
            Combine(left, right, Outputs.Get(execution, Sum, input).AsSpan<int>(), subtract: false);
        }

        if (execution.IsOutputRequested(Difference))
        {
            Combine(left, right, Outputs.Get(execution, Difference, input).AsSpan<int>(), subtract: true);
        }
    }

    private static TensorSpec Spec(string name) =>
        new(name, DataType.Int32, new Shape(Shape.Variable, 16)) { Symbols = ["batch", null], BatchAxis = 0 };

    private static void Combine(ReadOnlySpan<int> left, ReadOnlySpan<int> right, Span<int> result, bool subtract)
    {
        // Rows have 16 elements, which every vector width divides.
        var lefts = MemoryMarshal.Cast<int, Vector<int>>(left);
        var rights = MemoryMarshal.Cast<int, Vector<int>>(right);
        var results = MemoryMarshal.Cast<int, Vector<int>>(result);
        for (var i = 0; i < results.Length; i++)
        {
            results[i] = subtract ? lefts[i] - rights[i] : lefts[i] + rights[i];
        }
    }
}
