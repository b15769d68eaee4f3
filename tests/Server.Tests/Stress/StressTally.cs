using System.Collections.Concurrent;

namespace Camshaft.Server.Tests.Stress;

/// <summary>What became of the requests. Any thread.</summary>
internal sealed class StressTally
{
    // Enough to see what is wrong; a broken server fails every request.
    private const int MostFaults = 20;

    private readonly ConcurrentDictionary<string, long> _counts = new();
    private readonly ConcurrentQueue<string> _faults = new();

    /// <summary>What must not be, the first of it.</summary>
    public IReadOnlyCollection<string> Faults => _faults;

    public long this[string outcome] => _counts.GetValueOrDefault(outcome);

    public void Count(string outcome) => _counts.AddOrUpdate(outcome, 1, static (_, count) => count + 1);

    public void AddFault(string fault)
    {
        if (_faults.Count < MostFaults)
        {
            _faults.Enqueue(fault);
        }
    }

    public override string ToString() => string.Join(", ", _counts.OrderBy(static count => count.Key, StringComparer.Ordinal).Select(static count => $"{count.Value} {count.Key}"));
}
