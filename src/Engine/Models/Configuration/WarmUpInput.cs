using Camshaft.Backends;

namespace Camshaft.Engine.Models.Configuration;

/// <summary>One input of a sample.</summary>
/// <param name="Name">The input's name.</param>
public sealed record WarmUpInput(string Name)
{
    /// <summary>Its datatype, to be checked; null = the model's.</summary>
    public DataType? DataType { get; init; }

    /// <summary>
    /// Its full shape, without variable lengths; null = the file's, or the model's with 1 for what varies. Along the batch axis
    /// as many rows as there are: batches of other sizes are made of them.
    /// </summary>
    public Shape? Shape { get; init; }

    /// <summary>What its elements are; null = made up.</summary>
    public WarmUpData? Data { get; init; }
}
