namespace Camshaft.Engine.Orchestration.Residency;

/// <summary>
/// How often a model is asked for: its requests, each counting less the longer ago it was. Told now and then how many there
/// have been, so that a request pays nothing for it. One thread at a time.
/// </summary>
/// <param name="timeConstant">After this time a request counts e times less.</param>
internal sealed class RequestFrequency(TimeSpan timeConstant)
{
    private double _weight;
    private long _total;
    private TimeSpan _time;

    /// <summary>Requests a second, as far as the past tells.</summary>
    /// <param name="now">The present moment, on any clock that only moves forward.</param>
    public double GetRate(TimeSpan now) => _weight * Decay(now) / timeConstant.TotalSeconds;

    /// <summary>Takes note of how many requests there have been.</summary>
    /// <param name="now">The present moment.</param>
    /// <param name="total">All requests since the beginning; fewer than before = they are counted from zero again.</param>
    public void Update(TimeSpan now, long total)
    {
        _weight = (_weight * Decay(now)) + (total >= _total ? total - _total : total);
        _total = total;
        _time = now;
    }

    private double Decay(TimeSpan now) => Math.Exp(-(now - _time) / timeConstant);
}
