using System.Collections.Concurrent;
using Camshaft.Backends;

namespace Camshaft.Testing;

/// <summary>Keeps what a backend logs.</summary>
public sealed class TestLog : IBackendLog
{
    private readonly ConcurrentQueue<(BackendLogLevel Level, string Message)> _entries = new();

    /// <summary>Everything so far, in order.</summary>
    public IReadOnlyCollection<(BackendLogLevel Level, string Message)> Entries => _entries;

    /// <inheritdoc/>
    public void Write(BackendLogLevel level, string message, Exception? exception = null) => _entries.Enqueue((level, message));
}
