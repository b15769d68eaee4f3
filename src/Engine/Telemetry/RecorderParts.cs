using Camshaft.Backends;

namespace Camshaft.Engine.Telemetry;

/// <summary>
/// The counters of one recorder: none for a model that is never asked, one part for one that has some traffic, and a part for each processor for one that is
/// busy, so that recording rarely meets another processor. Any thread; recording takes no lock, and no memory but for the parts. Readers add the parts up.
/// </summary>
internal sealed class RecorderParts(TimeProvider timeProvider)
{
    // More parts than that cost memory and win little.
    private const int MostParts = 8;

    // Busy = so many requests within so many seconds.
    private const int BusyCount = 4096;
    private const int BusySeconds = 4;

    private RecorderPart[] _parts = [];
    private long _countedAt;

    /// <summary>The parts there are now.</summary>
    public ReadOnlySpan<RecorderPart> All => Volatile.Read(ref _parts);

    /// <summary>The part in which the caller's processor counts.</summary>
    public RecorderPart Get()
    {
        var parts = _parts;
        return parts.Length switch
        {
            1 => parts[0],
            0 => AddFirst(),
            _ => parts[(uint)Thread.GetCurrentProcessorId() % (uint)parts.Length],
        };
    }

    /// <summary>Takes note that a request has ended; now and then that shows that the model is busy.</summary>
    /// <param name="count">How many have ended like it.</param>
    /// <param name="timestamp">The present moment, in ticks of the clock.</param>
    public void OnCounted(long count, long timestamp)
    {
        if (count % BusyCount != 0 || _parts.Length != 1)
        {
            return;
        }

        var before = Interlocked.Exchange(ref _countedAt, timestamp);
        if (before != 0 && timestamp - before < BusySeconds * timeProvider.TimestampFrequency)
        {
            // Elsewhere: a request takes no memory.
            ThreadPool.UnsafeQueueUserWorkItem(static self => self.Split(), this, preferLocal: false);
        }
    }

    public long Sum(RecorderCounter counter)
    {
        long sum = 0;
        foreach (var part in All)
        {
            sum += part.Get(counter);
        }

        return sum;
    }

    /// <summary>How many requests ended with a code.</summary>
    public long Sum(StatusCode code)
    {
        long sum = 0;
        foreach (var part in All)
        {
            sum += part.GetCode(code);
        }

        return sum;
    }

    /// <summary>The nanoseconds of a stage.</summary>
    public long Sum(RequestStage stage)
    {
        long sum = 0;
        foreach (var part in All)
        {
            sum += part.GetSum(stage);
        }

        return sum;
    }

    private RecorderPart AddFirst()
    {
        var parts = new[] { new RecorderPart() };
        var before = Interlocked.CompareExchange(ref _parts, parts, []);
        return (before.Length == 0 ? parts : before)[0];
    }

    private void Split()
    {
        var parts = _parts;
        var count = Math.Min(Environment.ProcessorCount, MostParts);
        if (parts.Length == 1 && count > 1)
        {
            RecorderPart[] more = [parts[0], .. Enumerable.Range(1, count - 1).Select(static _ => new RecorderPart())];
            Interlocked.CompareExchange(ref _parts, more, parts);
        }
    }
}
