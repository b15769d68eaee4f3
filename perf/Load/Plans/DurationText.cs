using System.Diagnostics.CodeAnalysis;
using System.Globalization;

namespace Camshaft.Load.Plans;

/// <summary>Durations as people write them: a number and its unit.</summary>
public static class DurationText
{
    private static readonly (string Unit, double Seconds)[] Units = [("us", 1e-6), ("µs", 1e-6), ("ms", 1e-3), ("s", 1), ("m", 60), ("h", 3600)];

    /// <summary>Reads <c>20ms</c>, <c>1.5s</c>, <c>2m</c>; the unit must be there.</summary>
    public static bool TryParse([NotNullWhen(true)] string? text, out TimeSpan duration)
    {
        duration = default;
        foreach (var (unit, seconds) in Units)
        {
            if (text is not null
                && text.EndsWith(unit, StringComparison.Ordinal)
                && double.TryParse(text.AsSpan(0, text.Length - unit.Length), NumberStyles.AllowDecimalPoint, CultureInfo.InvariantCulture, out var number)
                && number * seconds < TimeSpan.MaxValue.TotalSeconds)
            {
                duration = TimeSpan.FromTicks((long)(number * seconds * TimeSpan.TicksPerSecond));
                return true;
            }
        }

        return false;
    }

    /// <summary>Reads a duration, or says what was expected.</summary>
    /// <exception cref="LoadException">It is none.</exception>
    public static TimeSpan Parse(string text) =>
        TryParse(text, out var duration) ? duration : throw new LoadException($"'{text}' is no duration; expected a number with its unit: 500us, 20ms, 30s, 2m or 1h.");
}
