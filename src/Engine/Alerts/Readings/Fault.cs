namespace Camshaft.Engine.Alerts.Readings;

/// <summary>Something that has failed.</summary>
/// <param name="Name">What: a version's number, a plugin, a device.</param>
/// <param name="Reason">Why.</param>
public sealed record Fault(string Name, string Reason);
