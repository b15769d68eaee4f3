namespace Camshaft.Engine.Objectives;

/// <summary>
/// Earlier readings of a model's totals, one for each step of a window, in a ring that is taken once: what happened within
/// the window is the present reading less the one from its beginning. One thread.
/// </summary>
/// <param name="window">The window.</param>
/// <param name="steps">How many readings it is kept in; a window that slides is up to a step longer.</param>
internal sealed class SlidingTotals(TimeSpan window, int steps)
{
    private readonly TimeSpan _step = window / steps;
    private readonly Reading[] _readings = new Reading[steps + 2];
    private int _count;
    private int _next;

    /// <summary>The window.</summary>
    public TimeSpan Window => window;

    /// <summary>Keeps a reading, unless the last one is less than a step old.</summary>
    /// <param name="now">By a clock that never jumps.</param>
    /// <param name="totals">The reading.</param>
    public void Add(TimeSpan now, in ServiceTotals totals)
    {
        if (_count > 0 && now - At(_count - 1).Time < _step)
        {
            return;
        }

        _readings[_next] = new Reading(now, totals);
        _next = (_next + 1) % _readings.Length;
        _count = Math.Min(_count + 1, _readings.Length);
    }

    /// <summary>What happened within the last part of the window, or since the first reading when that was later.</summary>
    /// <param name="now">By the same clock.</param>
    /// <param name="part">How much of it: no more than <see cref="Window"/>.</param>
    /// <param name="totals">The present reading.</param>
    public Period Within(TimeSpan now, TimeSpan part, in ServiceTotals totals)
    {
        if (_count == 0)
        {
            return default;
        }

        // The youngest that is old enough; they are few.
        var index = _count - 1;
        while (index > 0 && now - At(index).Time < part)
        {
            index--;
        }

        ref readonly var start = ref At(index);
        return new Period(now - start.Time, totals - start.Totals);
    }

    private ref readonly Reading At(int index) => ref _readings[(_next - _count + index + _readings.Length) % _readings.Length];

    private readonly record struct Reading(TimeSpan Time, ServiceTotals Totals);
}
