using Camshaft.Backends;

namespace Camshaft.Engine.Models.Configuration;

/// <summary>What the configuration says of one input or output; checked against the model file.</summary>
/// <param name="Name">The tensor's name.</param>
public sealed record TensorConfiguration(string Name)
{
    /// <summary>Its datatype; null = not stated.</summary>
    public DataType? DataType { get; init; }

    /// <summary>Its full shape, -1 where a length may vary; null = not stated.</summary>
    public Shape? Shape { get; init; }

    /// <summary>The dimension along which requests can be joined, where it cannot be inferred; null = not stated.</summary>
    public int? BatchAxis { get; init; }

    /// <summary>What its values must be, for an output; null = whatever the model gives.</summary>
    public ValueRange? Range { get; init; }
}
