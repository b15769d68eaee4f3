namespace Camshaft.Backends;

/// <summary>What the host gives a backend when it starts.</summary>
/// <param name="Options">The backend's own section of the configuration; keys without regard to case.</param>
/// <param name="ProcessorCount">How many processors the process may use, container quotas counted in.</param>
/// <param name="Log">Where the backend's messages go.</param>
public sealed record BackendContext(IReadOnlyDictionary<string, string> Options, int ProcessorCount, IBackendLog Log);
