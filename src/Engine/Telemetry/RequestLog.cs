namespace Camshaft.Engine.Telemetry;

/// <summary>
/// Remembers the slowest and the last failed requests of one version of a model, a bounded number. Any thread; who adds
/// one never waits: while another adds or reads, its own is left out. Takes its memory once.
/// </summary>
internal sealed class RequestLog(TimeProvider timeProvider)
{
    /// <summary>How many slow requests are kept of a period, this one and the one before.</summary>
    public const int MostSlow = 16;

    /// <summary>How many failed requests are kept.</summary>
    public const int MostErrors = 32;

    private static readonly TimeSpan Period = TimeSpan.FromSeconds(30);

    private readonly long _periodTicks = (long)(Period.TotalSeconds * timeProvider.TimestampFrequency);
    private Entry[] _slow = new Entry[MostSlow];
    private Entry[] _slowBefore = new Entry[MostSlow];
    private Entry[]? _errors;
    private int _slowCount;
    private int _slowCountBefore;
    private long _errorCount;
    private long _periodEnd;
    private long _leastTicks;
    private int _isBusy;

    /// <summary>Remembers a request if it is among the slowest of its period.</summary>
    public void OfferSlow(in RequestTimings timings, in RequestEnd end)
    {
        var ticks = timings.GetTicks(RequestStage.Total);
        if ((ticks <= Volatile.Read(ref _leastTicks) && timings.Sent < Volatile.Read(ref _periodEnd)) || !TryEnter())
        {
            return;
        }

        if (timings.Sent >= _periodEnd)
        {
            (_slow, _slowBefore) = (_slowBefore, _slow);
            _slowCountBefore = timings.Sent - _periodEnd < _periodTicks ? _slowCount : 0;
            _slowCount = 0;
            _periodEnd = timings.Sent + _periodTicks;
            Volatile.Write(ref _leastTicks, -1);
        }

        InsertSlow(new Entry(timings, end), ticks);
        Leave();
    }

    /// <summary>Remembers a request that failed.</summary>
    public void AddError(in RequestTimings timings, in RequestEnd end)
    {
        if (TryEnter())
        {
            _errors ??= new Entry[MostErrors];
            _errors[_errorCount++ % MostErrors] = new Entry(timings, end);
            Leave();
        }
    }

    public IReadOnlyList<RecordedRequest> ReadSlow()
    {
        Enter();
        Entry[] entries = [.. _slow.AsSpan(0, _slowCount), .. _slowBefore.AsSpan(0, _slowCountBefore)];
        Leave();
        var now = timeProvider.GetTimestamp();
        return Describe(entries
            .Where(entry => now - entry.Timings.Sent < 2 * _periodTicks)
            .OrderByDescending(static entry => entry.Timings.GetTicks(RequestStage.Total)));
    }

    public IReadOnlyList<RecordedRequest> ReadErrors()
    {
        Enter();
        Entry[] entries = [.. _errors.AsSpan(0, (int)Math.Min(_errorCount, MostErrors))];
        Leave();
        return Describe(entries.OrderByDescending(static entry => entry.Timings.Sent));
    }

    private void InsertSlow(in Entry entry, long ticks)
    {
        // Slowest last, so that the one which leaves is the first.
        if (_slowCount == MostSlow)
        {
            if (ticks <= _slow[0].Ticks)
            {
                return;
            }

            Array.Copy(_slow, 1, _slow, 0, --_slowCount);
        }

        var place = _slowCount++;
        for (; place > 0 && _slow[place - 1].Ticks > ticks; place--)
        {
            _slow[place] = _slow[place - 1];
        }

        _slow[place] = entry;
        if (_slowCount == MostSlow)
        {
            Volatile.Write(ref _leastTicks, _slow[0].Ticks);
        }
    }

    private List<RecordedRequest> Describe(IEnumerable<Entry> entries)
    {
        var (utcNow, now) = (timeProvider.GetUtcNow(), timeProvider.GetTimestamp());
        return [.. entries.Select(entry => new RecordedRequest(
            utcNow - timeProvider.GetElapsedTime(entry.Timings.Sent, now),
            entry.End,
            new StageTimes(entry.Timings, timeProvider.TimestampFrequency)))];
    }

    private bool TryEnter() => Interlocked.CompareExchange(ref _isBusy, 1, 0) == 0;

    private void Leave() => Volatile.Write(ref _isBusy, 0);

    // Of a reader, which may wait the moment that a request needs.
    private void Enter()
    {
        while (!TryEnter())
        {
            Thread.Yield();
        }
    }

    private readonly record struct Entry(RequestTimings Timings, RequestEnd End)
    {
        public long Ticks => Timings.GetTicks(RequestStage.Total);
    }
}
