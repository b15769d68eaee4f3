namespace Camshaft.Load.Searching;

/// <summary>A model's rate.</summary>
/// <param name="Model">Its name.</param>
/// <param name="PerSecond">Requests a second.</param>
public sealed record ModelRate(string Model, double PerSecond);
