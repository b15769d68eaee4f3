namespace Camshaft.Load.Arrivals;

/// <summary>
/// Gamma-distributed gaps with a coefficient of variation of one's choice: below 1 more even than Poisson, above 1 in bursts.
/// Drawn by Marsaglia's and Tsang's method (ACM TOMS 26, 2000).
/// </summary>
internal sealed class GammaArrivals : RenewalArrivals
{
    private readonly Random _random;
    private readonly double _shape;
    private readonly double _scale;

    public GammaArrivals(double rate, double coefficientOfVariation, Random random)
    {
        _random = random;
        _shape = 1 / (coefficientOfVariation * coefficientOfVariation);
        _scale = 1 / (rate * _shape);
    }

    protected override double NextGapSeconds()
    {
        // The method needs a shape of 1 or more; a smaller one is the next higher, thinned by a power of a uniform number.
        var thinning = _shape < 1 ? Math.Pow(1 - _random.NextDouble(), 1 / _shape) : 1;
        return Draw(_shape < 1 ? _shape + 1 : _shape) * thinning * _scale;
    }

    private double Draw(double shape)
    {
        var d = shape - (1.0 / 3);
        var c = 1 / Math.Sqrt(9 * d);
        while (true)
        {
            var normal = DrawNormal();
            var v = 1 + (c * normal);
            if (v <= 0)
            {
                continue;
            }

            v = v * v * v;
            if (Math.Log(1 - _random.NextDouble()) < (normal * normal / 2) + d - (d * v) + (d * Math.Log(v)))
            {
                return d * v;
            }
        }
    }

    private double DrawNormal() =>
        Math.Sqrt(-2 * Math.Log(1 - _random.NextDouble())) * Math.Cos(2 * Math.PI * _random.NextDouble());
}
