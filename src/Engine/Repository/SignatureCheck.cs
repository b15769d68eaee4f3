using Camshaft.Backends;
using Camshaft.Engine.Models.Configuration;

namespace Camshaft.Engine.Repository;

/// <summary>Compares what a model's configuration says of its tensors with what the model file says.</summary>
/// <remarks>
/// The rules are Triton's for inputs: names must exist, datatypes must be equal, a length that the model file fixes must be the
/// same, one that it leaves variable may be stated. A list of inputs is complete; a list of outputs may be a part.
/// </remarks>
public static class SignatureCheck
{
    /// <summary>Compares them.</summary>
    /// <returns>Null when they agree; else a message that names the tensor, what the configuration says and what the model file has.</returns>
    public static string? Compare(ModelConfiguration configuration, ModelSignature signature) =>
        CompareSide("input", configuration.Inputs, signature.Inputs)
        ?? FindUnlisted(configuration.Inputs, signature.Inputs)
        ?? CompareSide("output", configuration.Outputs, signature.Outputs);

    private static string? CompareSide(string side, IReadOnlyList<TensorConfiguration> configured, IReadOnlyList<TensorSpec> actual)
    {
        var names = new HashSet<string>(StringComparer.Ordinal);
        foreach (var tensor in configured)
        {
            if (!names.Add(tensor.Name))
            {
                return $"{side} '{tensor.Name}' is listed twice";
            }

            if (actual.FirstOrDefault(spec => spec.Name == tensor.Name) is not { } spec)
            {
                return $"{side} '{tensor.Name}' does not exist; the model file has {List(actual)}";
            }

            if (CompareTensor(tensor, spec) is { } fault)
            {
                return $"{side} '{tensor.Name}' {fault}";
            }
        }

        return null;
    }

    private static string? CompareTensor(TensorConfiguration tensor, TensorSpec spec)
    {
        if (tensor.DataType is { } dataType && dataType != spec.DataType)
        {
            return $"has datatype {dataType.Name}; the model file has {spec.DataType.Name}";
        }

        if (tensor.Shape is { } shape && !Fits(shape, spec.Shape))
        {
            return $"has shape {shape}; the model file has {spec.Shape}";
        }

        if (tensor.Range is not null && spec.DataType is DataType.Bytes or DataType.Bool)
        {
            return $"is to have {tensor.Range}; the model file has {spec.DataType.Name}, which are none";
        }

        if (tensor.BatchAxis is not { } axis)
        {
            return null;
        }

        if (axis < 0 || axis >= spec.Shape.Rank)
        {
            return $"has batch axis {axis}; the model file has shape {spec.Shape}, rank {spec.Shape.Rank}";
        }

        return spec.Shape[axis] == Shape.Variable ? null : $"has batch axis {axis}; the model file fixes that dimension, its shape is {spec.Shape}";
    }

    // A scalar may be written as [1], as clients may send it.
    private static bool Fits(Shape configured, Shape actual)
    {
        if (actual.Rank == 0)
        {
            return configured.Rank == 0 || (configured.Rank == 1 && configured[0] == 1);
        }

        if (configured.Rank != actual.Rank)
        {
            return false;
        }

        for (var i = 0; i < actual.Rank; i++)
        {
            if (actual[i] != Shape.Variable && actual[i] != configured[i])
            {
                return false;
            }
        }

        return true;
    }

    private static string? FindUnlisted(IReadOnlyList<TensorConfiguration> configured, IReadOnlyList<TensorSpec> actual) =>
        configured.Count > 0 && actual.FirstOrDefault(spec => !spec.IsOptional && configured.All(tensor => tensor.Name != spec.Name)) is { } missing
            ? $"input '{missing.Name}' is not listed; the model file requires {List(actual)}"
            : null;

    private static string List(IReadOnlyList<TensorSpec> tensors) =>
        tensors.Count == 0 ? "none" : string.Join(", ", tensors.Select(static tensor => $"'{tensor.Name}' {tensor.DataType.Name} {tensor.Shape}"));
}
