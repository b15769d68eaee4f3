using System.Collections.Concurrent;
using Camshaft.Load.Reporting;

namespace Camshaft.Load.Running;

/// <summary>Errors by kind, with the first message of each. Any thread.</summary>
internal sealed class ErrorTally
{
    private readonly ConcurrentDictionary<string, Entry> _entries = new(StringComparer.Ordinal);

    public void Add(string kind, string? message, long count = 1) =>
        Interlocked.Add(ref _entries.GetOrAdd(kind, static (_, first) => new Entry(first), message ?? "").Count, count);

    public IReadOnlyList<ErrorReport> ToReport() =>
        [.. _entries.Select(static entry => new ErrorReport(entry.Key, entry.Value.Count, entry.Value.FirstMessage)).OrderByDescending(static error => error.Count)];

    private sealed class Entry(string firstMessage)
    {
        public long Count;

        public string FirstMessage => firstMessage;
    }
}
