namespace Camshaft.Load.Reporting;

/// <summary>One kind of error.</summary>
/// <param name="Kind">A status such as <c>HTTP 503</c> or <c>Unavailable</c>, what became of the connection, <c>unanswered</c> or <c>not sent</c>.</param>
/// <param name="Count">How many requests ended so.</param>
/// <param name="FirstMessage">What was said to the first of them.</param>
public sealed record ErrorReport(string Kind, long Count, string FirstMessage);
