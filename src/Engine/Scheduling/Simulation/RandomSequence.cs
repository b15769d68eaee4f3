namespace Camshaft.Engine.Scheduling.Simulation;

/// <summary>
/// Random numbers that are the same on every machine and version: SplitMix64 (Steele, Lea, Flood: Fast splittable
/// pseudorandom number generators, 2014), and the distributions that simulations need.
/// </summary>
internal sealed class RandomSequence(int seed)
{
    private ulong _state = (ulong)seed;

    /// <summary>Uniform, above 0 and up to 1.</summary>
    public double NextUniform()
    {
        _state += 0x9E3779B97F4A7C15;
        var mixed = _state;
        mixed = (mixed ^ (mixed >> 30)) * 0xBF58476D1CE4E5B9;
        mixed = (mixed ^ (mixed >> 27)) * 0x94D049BB133111EB;
        mixed ^= mixed >> 31;
        return ((mixed >> 11) + 1) * (1.0 / (1UL << 53));
    }

    /// <summary>Normal, mean 0, standard deviation 1 (Box and Muller).</summary>
    public double NextNormal() => Math.Sqrt(-2 * Math.Log(NextUniform())) * Math.Cos(2 * Math.PI * NextUniform());

    /// <summary>Gamma of a shape, scale 1 (Marsaglia and Tsang: A simple method for generating gamma variables, 2000).</summary>
    public double NextGamma(double shape)
    {
        if (shape < 1)
        {
            return NextGamma(shape + 1) * Math.Pow(NextUniform(), 1 / shape);
        }

        var d = shape - (1.0 / 3);
        var c = 1 / Math.Sqrt(9 * d);
        while (true)
        {
            var x = NextNormal();
            var v = Math.Pow(1 + (c * x), 3);
            if (v > 0 && Math.Log(NextUniform()) < (0.5 * x * x) + d - (d * v) + (d * Math.Log(v)))
            {
                return d * v;
            }
        }
    }
}
