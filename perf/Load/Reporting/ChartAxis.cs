namespace Camshaft.Load.Reporting;

/// <summary>An axis from zero on.</summary>
/// <param name="Title">What it shows.</param>
/// <param name="Max">Where it ends.</param>
/// <param name="Ticks">Where it is labelled, and how.</param>
internal sealed record ChartAxis(string Title, double Max, IReadOnlyList<(double Position, string Label)> Ticks)
{
    private const int TickCount = 5;

    /// <summary>An axis with round numbers.</summary>
    /// <param name="title">What it shows.</param>
    /// <param name="max">What it has to reach.</param>
    public static ChartAxis Linear(string title, double max)
    {
        var step = RoundUp(Math.Max(max, 1e-3) / TickCount);
        var count = Math.Max(1, (int)Math.Ceiling((max / step) - 1e-9));
        return new ChartAxis(title, step * count, [.. Enumerable.Range(0, count + 1).Select(index => (step * index, FormattableString.Invariant($"{step * index:0.####}")))]);
    }

    // 1, 2 or 5 times a power of ten.
    private static double RoundUp(double step)
    {
        var power = Math.Pow(10, Math.Floor(Math.Log10(step)));
        var mantissa = step / power;
        return power * (mantissa <= 1 ? 1 : mantissa <= 2 ? 2 : mantissa <= 5 ? 5 : 10);
    }
}
