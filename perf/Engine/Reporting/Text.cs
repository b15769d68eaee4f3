using System.Globalization;

namespace Camshaft.EngineBenchmark.Reporting;

/// <summary>Figures as reports show them.</summary>
internal static class Text
{
    /// <summary>A number with about three digits that tell.</summary>
    public static string Number(double number) => number.ToString(
        Math.Abs(number) switch { >= 100 => "N0", >= 10 => "0.0", >= 1 or 0 => "0.00", _ => "0.000" }, CultureInfo.InvariantCulture);

    /// <summary>A part of a whole, in per cent.</summary>
    public static string Percent(double part) => double.IsFinite(part) ? part.ToString("0.0 %", CultureInfo.InvariantCulture) : "–";
}
