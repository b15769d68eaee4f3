using System.Globalization;
using Camshaft.Backends;

namespace Camshaft.MemoryBenchmark;

/// <summary>Counts how requests ended. Any thread.</summary>
internal sealed class RequestTally
{
    private readonly Lock _gate = new();
    private readonly List<double> _waits = [];

    public int Hits { get; private set; }

    public int Failures { get; private set; }

    public long MostUsed { get; private set; }

    public List<string> FailureMessages { get; } = [];

    public void Add(bool isHit, InferenceStatus status, TimeSpan elapsed)
    {
        lock (_gate)
        {
            if (isHit)
            {
                Hits++;
            }
            else
            {
                _waits.Add(elapsed.TotalMilliseconds);
            }

            if (!status.IsOk)
            {
                Failures++;
                FailureMessages.Add(status.Message);
            }
        }
    }

    public void NoteUse(long byteSize)
    {
        lock (_gate)
        {
            MostUsed = Math.Max(MostUsed, byteSize);
        }
    }

    public string DescribeWaits()
    {
        _waits.Sort();
        return _waits.Count == 0 ? "" : string.Create(CultureInfo.InvariantCulture, $"{_waits[_waits.Count / 2]:0} / {_waits[(int)(_waits.Count * 0.99)]:0}");
    }
}
