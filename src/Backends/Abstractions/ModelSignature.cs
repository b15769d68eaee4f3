namespace Camshaft.Backends;

/// <summary>The inputs and outputs of a model, in the order by which <see cref="ModelExecution"/> counts them.</summary>
public sealed class ModelSignature
{
    /// <summary>Makes a signature.</summary>
    /// <exception cref="ArgumentException">No output, a nameless tensor, an invalid datatype, or one name twice on a side.</exception>
    public ModelSignature(IEnumerable<TensorSpec> inputs, IEnumerable<TensorSpec> outputs)
    {
        Inputs = Check(inputs, "input");
        Outputs = Check(outputs, "output");
        if (Outputs.Count == 0)
        {
            throw new ArgumentException("A model has at least one output.", nameof(outputs));
        }
    }

    /// <summary>The inputs.</summary>
    public IReadOnlyList<TensorSpec> Inputs { get; }

    /// <summary>The outputs.</summary>
    public IReadOnlyList<TensorSpec> Outputs { get; }

    private static TensorSpec[] Check(IEnumerable<TensorSpec> tensors, string side)
    {
        TensorSpec[] list = [.. tensors];
        var names = new HashSet<string>(StringComparer.Ordinal);
        foreach (var tensor in list)
        {
            if (string.IsNullOrEmpty(tensor.Name) || tensor.DataType == DataType.Invalid)
            {
                throw new ArgumentException($"The {side} '{tensor.Name}' needs a name and a datatype.");
            }

            if (!names.Add(tensor.Name))
            {
                throw new ArgumentException($"The {side} '{tensor.Name}' is declared twice.");
            }
        }

        return list;
    }
}
