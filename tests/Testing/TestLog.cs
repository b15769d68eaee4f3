using System.Collections.Concurrent;
using Camshaft.Backends;

namespace Camshaft.Testing;

/// <summary>Keeps what a backend logs.</summary>
public sealed class TestLog : IBackendLog
{
    private readonly ConcurrentQueue<(BackendLogLevel Level, string Message)> _entries = new();
    private volatile TaskCompletionSource _next = new(TaskCreationOptions.RunContinuationsAsynchronously);

    /// <summary>Everything so far, in order.</summary>
    public IReadOnlyCollection<(BackendLogLevel Level, string Message)> Entries => _entries;

    /// <summary>Waits for a message that holds a text, unless it is there already.</summary>
    public async Task WaitForAsync(string text, CancellationToken cancellationToken)
    {
        while (true)
        {
            // Taken before the look, so that a message in between is not missed.
            var next = _next.Task;
            if (_entries.Any(entry => entry.Message.Contains(text, StringComparison.Ordinal)))
            {
                return;
            }

            await next.WaitAsync(cancellationToken);
        }
    }

    /// <inheritdoc/>
    public void Write(BackendLogLevel level, string message, Exception? exception = null)
    {
        _entries.Enqueue((level, message));
        Interlocked.Exchange(ref _next, new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously)).SetResult();
    }
}
