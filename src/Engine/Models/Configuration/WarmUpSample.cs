namespace Camshaft.Engine.Models.Configuration;

/// <summary>Inputs with which a model runs before it serves. Inputs that it does not list are made up from the signature.</summary>
/// <param name="Name">For messages.</param>
public sealed record WarmUpSample(string Name)
{
    /// <summary>What it says of inputs.</summary>
    public IReadOnlyList<WarmUpInput> Inputs { get; init; } = [];
}
