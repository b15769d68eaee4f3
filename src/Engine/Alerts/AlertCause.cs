namespace Camshaft.Engine.Alerts;

/// <summary>One part of what an alert is due to.</summary>
/// <param name="Name">
/// Of the time that requests took: <c>queue</c>, <c>run</c>, <c>copy</c>, <c>send</c>. Of the requests that failed: <c>late</c>,
/// <c>turned_away</c>, <c>not_ready</c>, <c>failed</c>. Of the time that passed: <c>load</c>, while the model was being loaded, and
/// <c>gc</c>, while garbage collections held all threads.
/// </param>
/// <param name="Share">How much of that it is, 0 to 1.</param>
/// <param name="Mean">What it took of a request on average; null where that says nothing.</param>
public sealed record AlertCause(string Name, double Share, TimeSpan? Mean = null);
