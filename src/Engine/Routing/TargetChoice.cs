namespace Camshaft.Engine.Routing;

/// <summary>
/// Chooses one of several by weight: by numbers from a seed, one for each request, so that the parts come out as stated whatever
/// order requests come in. Any thread.
/// </summary>
internal sealed class TargetChoice
{
    // SplitMix64's increment and multipliers (Steele, Lea and Flood, 2014).
    private const ulong Increment = 0x9E3779B97F4A7C15;
    private const ulong FirstMultiplier = 0xBF58476D1CE4E5B9;
    private const ulong SecondMultiplier = 0x94D049BB133111EB;

    private readonly double[] _bounds;
    private readonly ulong _seed;
    private long _drawn;

    /// <summary>Makes the choice.</summary>
    /// <param name="weights">The weights, more than zero each.</param>
    /// <param name="seed">What the numbers begin with.</param>
    public TargetChoice(IReadOnlyList<double> weights, ulong seed)
    {
        _seed = seed;
        _bounds = new double[weights.Count];
        var total = weights.Sum();
        var sum = 0.0;
        for (var i = 0; i < _bounds.Length; i++)
        {
            sum += weights[i];
            _bounds[i] = sum / total;
        }
    }

    /// <summary>Draws the place of one.</summary>
    public int Draw()
    {
        if (_bounds.Length == 1)
        {
            return 0;
        }

        var number = DrawNumber();
        for (var i = 0; i < _bounds.Length - 1; i++)
        {
            if (number < _bounds[i])
            {
                return i;
            }
        }

        return _bounds.Length - 1;
    }

    // From 0 to 1, 1 excluded.
    private double DrawNumber()
    {
        var mixed = _seed + ((ulong)Interlocked.Increment(ref _drawn) * Increment);
        mixed = (mixed ^ (mixed >> 30)) * FirstMultiplier;
        mixed = (mixed ^ (mixed >> 27)) * SecondMultiplier;
        mixed ^= mixed >> 31;
        return (mixed >> 11) * (1.0 / (1UL << 53));
    }
}
