using Camshaft.Engine;
using Microsoft.Extensions.Logging;

namespace Camshaft.Load.Targets;

/// <summary>What targets need beside their address.</summary>
public sealed record TargetOptions
{
    /// <summary>How an engine in this process is set up; the repository and the models to load come from the address and the plan.</summary>
    public EngineOptions Engine { get; init; } = new();

    /// <summary>Where such an engine's messages go.</summary>
    public required ILoggerFactory LoggerFactory { get; init; }

    /// <summary>The key sent with each request to a server; null for none.</summary>
    public string? ApiKey { get; init; }

    /// <summary>A PEM file of the authority that signed the server's certificate; null for the system's authorities.</summary>
    public string? AuthorityPath { get; init; }
}
