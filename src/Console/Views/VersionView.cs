namespace Camshaft.LiveConsole.Views;

/// <summary>One of a model's versions.</summary>
/// <param name="Version">Its number.</param>
/// <param name="State">Where it is in its life, in lower case.</param>
internal sealed record VersionView(long Version, string State);
