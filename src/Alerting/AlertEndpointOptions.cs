using System.Net.Http.Headers;

namespace Camshaft.Alerting;

/// <summary>Somebody who is told of alerts over HTTP. Immutable.</summary>
/// <param name="Name">By what the log and the server's figures call it.</param>
/// <param name="Url">Where it is: of a webhook the whole address, of Alertmanager its base.</param>
public abstract record AlertEndpointOptions(string Name, Uri Url)
{
    /// <summary>Which alerts it is told of. Default: all.</summary>
    public AlertFilter Filter { get; init; } = new();

    /// <summary>How long an attempt may take. Default: 10 s.</summary>
    public TimeSpan Timeout { get; init; } = TimeSpan.FromSeconds(10);

    /// <summary>What shows who we are; null = nothing does.</summary>
    public AuthenticationHeaderValue? Authorization { get; init; }
}
