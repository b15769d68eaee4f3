using Camshaft.Backends;

namespace Camshaft.Engine.Routing;

/// <summary>What a request says of one input, as far as it says it.</summary>
public readonly ref struct RouteInput
{
    /// <summary>Its name in UTF-8; empty = not stated.</summary>
    public ReadOnlySpan<byte> Name { get; init; }

    /// <summary>Its datatype; <see cref="DataType.Invalid"/> = not stated.</summary>
    public DataType DataType { get; init; }

    /// <summary>Its dimensions; see <see cref="HasShape"/>.</summary>
    public ReadOnlySpan<long> Shape { get; init; }

    /// <summary>Whether a shape is stated.</summary>
    public bool HasShape { get; init; }
}
