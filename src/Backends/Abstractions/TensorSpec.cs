namespace Camshaft.Backends;

/// <summary>What a model says of one of its inputs or outputs.</summary>
/// <param name="Name">The tensor's name, case-sensitive.</param>
/// <param name="DataType">The datatype of its elements.</param>
/// <param name="Shape">Its full shape, the batch dimension included; <see cref="Shape.Variable"/> where a length may vary.</param>
public sealed record TensorSpec(string Name, DataType DataType, Shape Shape)
{
    /// <summary>
    /// A name per dimension, or empty when the model names none. Variable dimensions of one model with the same name have the
    /// same length, so that an output's shape is known once the inputs have bound its names. Null where a dimension has none.
    /// </summary>
    public IReadOnlyList<string?> Symbols { get; init; } = [];

    /// <summary>The dimension along which requests can be joined to a batch; null when the tensor cannot be batched.</summary>
    public int? BatchAxis { get; init; }

    /// <summary>Whether a request may leave this input out.</summary>
    public bool IsOptional { get; init; }

    /// <summary>The name of a dimension, null when it has none.</summary>
    public string? GetSymbol(int dimension) => dimension < Symbols.Count ? Symbols[dimension] : null;
}
