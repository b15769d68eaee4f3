namespace Camshaft.Backends.OnnxRuntime;

/// <summary>
/// Infers along which dimension requests can be joined. ONNX does not say it; a variable outermost dimension of the first
/// input that has one is the batch by convention, and dimensions of the same name elsewhere belong to it.
/// </summary>
internal static class BatchAxis
{
    /// <summary>Makes the signature with the axis of each tensor: all of them, or none where the file does not say enough.</summary>
    public static ModelSignature Infer(IReadOnlyList<TensorSpec> inputs, IReadOnlyList<TensorSpec> outputs)
    {
        var first = inputs.FirstOrDefault(IsVariableOutside);
        if (first is null)
        {
            return new ModelSignature(inputs, outputs);
        }

        if (first.GetSymbol(0) is { } symbol)
        {
            return new ModelSignature(inputs.Select(tensor => Mark(tensor, symbol)), outputs.Select(tensor => Mark(tensor, symbol)));
        }

        // Without a name only the position tells, and that is enough when it is the same everywhere.
        var isSame = inputs.Concat(outputs).All(tensor => IsVariableOutside(tensor) && tensor.GetSymbol(0) is null);
        return isSame
            ? new ModelSignature(inputs.Select(MarkOutermost), outputs.Select(MarkOutermost))
            : new ModelSignature(inputs, outputs);
    }

    private static bool IsVariableOutside(TensorSpec tensor) => tensor.Shape.Rank > 0 && tensor.Shape[0] == Shape.Variable;

    private static TensorSpec MarkOutermost(TensorSpec tensor) => tensor with { BatchAxis = 0 };

    private static TensorSpec Mark(TensorSpec tensor, string symbol)
    {
        var axis = Enumerable.Range(0, tensor.Shape.Rank).Where(dimension => tensor.GetSymbol(dimension) == symbol).ToArray();

        // A tensor that has the batch twice, a matrix of similarities for example, cannot be sliced along it.
        return axis is [var single] ? tensor with { BatchAxis = single } : tensor;
    }
}
