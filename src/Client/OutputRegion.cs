namespace Camshaft.Client;

/// <summary>Says that an output goes to shared memory.</summary>
/// <param name="name">The output's name in the model's signature.</param>
/// <param name="place">Where it goes. An output with more bytes fails the request, with a message that says how many.</param>
public readonly struct OutputRegion(string name, RegionSlice place)
{
    /// <summary>The output's name in the model's signature.</summary>
    public string Name { get; } = name;

    /// <summary>Where it goes.</summary>
    public RegionSlice Place { get; } = place;
}
