namespace Camshaft.LiveConsole.Views;

/// <summary>Why a call failed.</summary>
/// <param name="Error">For people.</param>
internal sealed record ErrorView(string Error);
