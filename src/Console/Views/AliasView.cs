namespace Camshaft.LiveConsole.Views;

/// <summary>A name that stands for a model or a version.</summary>
/// <param name="Name">The alias.</param>
/// <param name="Target">What it stands for, such as <c>mnist@2</c>.</param>
/// <param name="IsHere">Whether it stands for the model of the page.</param>
/// <param name="Pending">What it stands for as soon as that is ready; null when it does already.</param>
internal sealed record AliasView(string Name, string Target, bool IsHere, string? Pending);
