namespace Camshaft.LiveConsole.Views;

/// <summary>Who looks at the page, as far as the page needs to know.</summary>
/// <param name="Rights">What the caller may do: <c>infer</c>, <c>observe</c>, <c>manage</c>.</param>
/// <param name="Version">The server's version; null for those who may not observe.</param>
internal sealed record SessionView(IReadOnlyList<string> Rights, string? Version);
