using System.Globalization;
using Camshaft.Load.Arrivals;

namespace Camshaft.Load.Plans;

/// <summary>Requests come however the answers fare, as users do.</summary>
public abstract record OpenLoop : ArrivalPattern
{
    /// <summary>How many come a second, on average.</summary>
    public abstract double Rate { get; }

    /// <summary>The same with another rate.</summary>
    /// <param name="factor">How many times as many a second.</param>
    public abstract OpenLoop Scale(double factor);

    /// <summary>The moments of one run.</summary>
    public abstract IArrivalProcess Start(Random random);

    private protected static string Format(double number) => number.ToString("0.###", CultureInfo.InvariantCulture);
}
