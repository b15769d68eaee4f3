using Camshaft.Backends;
using Camshaft.Engine.Inference;

namespace Camshaft.Engine.Batching;

/// <summary>
/// How requests to one model join to a batch: along which axis each tensor grows, and up to how many rows. An input without
/// a batch axis is shared by the whole batch. Immutable.
/// </summary>
internal sealed class BatchAxes
{
    /// <summary>The axis of a tensor that does not grow with the batch.</summary>
    public const int NoAxis = -1;

    private readonly int[] _inputAxes;
    private readonly int[] _outputAxes;

    /// <summary>Makes them.</summary>
    /// <param name="signature">The model's tensors.</param>
    /// <param name="maxRows">The most rows of a batch; 1 = requests run alone. More than 1 only where <see cref="FindObstacle"/> finds none.</param>
    public BatchAxes(ModelSignature signature, int maxRows)
    {
        ArgumentOutOfRangeException.ThrowIfNegativeOrZero(maxRows);
        MaxRows = maxRows;
        _inputAxes = [.. signature.Inputs.Select(static tensor => tensor.BatchAxis ?? NoAxis)];
        _outputAxes = [.. signature.Outputs.Select(static tensor => tensor.BatchAxis ?? NoAxis)];
    }

    /// <summary>The most rows of a batch; 1 = requests run alone.</summary>
    public int MaxRows { get; }

    /// <summary>Whether requests join at all.</summary>
    public bool Joins => MaxRows > 1;

    /// <summary>Says why requests to a model cannot be joined; null when they can.</summary>
    public static string? FindObstacle(ModelSignature signature)
    {
        if (signature.Inputs.All(static input => input.BatchAxis is null))
        {
            return "no input has a batch axis";
        }

        foreach (var (side, tensor) in signature.Inputs.Select(static tensor => ("input", tensor)).Concat(signature.Outputs.Select(static tensor => ("output", tensor))))
        {
            if (tensor.BatchAxis is not { } axis)
            {
                if (side == "output")
                {
                    return $"output '{tensor.Name}' has no batch axis";
                }
            }
            else if (axis >= tensor.Shape.Rank)
            {
                return $"{side} '{tensor.Name}' has no dimension {axis}";
            }
            else if (tensor.Shape[axis] != Shape.Variable)
            {
                return $"{side} '{tensor.Name}' has a fixed batch dimension of {tensor.Shape[axis]}";
            }
            else if (axis > 0 && !tensor.DataType.HasFixedSize)
            {
                return $"{side} '{tensor.Name}' is {tensor.DataType.Name}, which joins along axis 0 alone";
            }
        }

        return null;
    }

    /// <summary>The axis along which an input grows, or <see cref="NoAxis"/>.</summary>
    public int GetInputAxis(int index) => _inputAxes[index];

    /// <summary>The axis along which an output grows, or <see cref="NoAxis"/>.</summary>
    public int GetOutputAxis(int index) => _outputAxes[index];

    /// <summary>Counts the rows that a request brings.</summary>
    /// <returns><see langword="false"/> when its inputs disagree or there is no row, so that it has to run alone.</returns>
    public bool TryCountRows(ReadOnlySpan<TensorSlot> inputs, out int rows)
    {
        rows = 0;
        for (var i = 0; i < inputs.Length; i++)
        {
            if (!inputs[i].IsPresent || _inputAxes[i] == NoAxis)
            {
                continue;
            }

            var length = inputs[i].Dimensions[_inputAxes[i]];
            if (length is < 1 or > int.MaxValue || (rows != 0 && rows != length))
            {
                return false;
            }

            rows = (int)length;
        }

        return rows > 0;
    }
}
