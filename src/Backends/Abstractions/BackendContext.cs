namespace Camshaft.Backends;

/// <summary>What the host gives a backend when it starts.</summary>
/// <param name="Options">The backend's own section of the configuration; keys without regard to case.</param>
/// <param name="ProcessorCount">How many processors the process may use, container quotas counted in.</param>
/// <param name="Log">Where the backend's messages go.</param>
public sealed record BackendContext(IReadOnlyDictionary<string, string> Options, int ProcessorCount, IBackendLog Log)
{
    /// <summary>
    /// The absolute path of a directory in which this backend may keep what it can make again from model files; null = it keeps
    /// nothing. It need not exist yet; other servers may use the same one at the same time.
    /// </summary>
    public string? CacheDirectory { get; init; }

    /// <summary>How many bytes the files in <see cref="CacheDirectory"/> may take together.</summary>
    public long CacheByteSizeLimit { get; init; } = long.MaxValue;

    /// <summary>The engine's clock.</summary>
    public TimeProvider TimeProvider { get; init; } = TimeProvider.System;

    /// <summary>
    /// Starts a thread that helps runs: it has the priority of any other, whoever calls. Loads, and long runs, are called on threads
    /// that yield to all others, and on Linux a thread inherits that from the one which starts it. Returns when it has started.
    /// </summary>
    public Action<Thread> StartThread { get; init; } = static thread => thread.Start();
}
