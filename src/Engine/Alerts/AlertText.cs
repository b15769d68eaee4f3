using System.Globalization;

namespace Camshaft.Engine.Alerts;

/// <summary>What alerts say, in words for people.</summary>
public static class AlertText
{
    /// <summary>What an alert is due to, such as <c>queue 75% (30 ms), run 25% (10 ms)</c>.</summary>
    public static string Describe(IReadOnlyList<AlertCause> causes) => string.Join(", ", causes.Select(static cause =>
        string.Create(CultureInfo.InvariantCulture, $"{cause.Name} {cause.Share:0.#%}") + (cause.Mean is { } mean ? $" ({Format(mean)})" : "")));

    /// <summary>A duration.</summary>
    public static string Format(TimeSpan time)
    {
        var (value, unit) = time switch
        {
            { TotalSeconds: < 1 } => (time.TotalMilliseconds, "ms"),
            { TotalMinutes: < 2 } => (time.TotalSeconds, "s"),
            { TotalHours: < 1 } => (time.TotalMinutes, "min"),
            { TotalDays: < 1 } => (time.TotalHours, "h"),
            _ => (time.TotalDays, "d"),
        };
        return string.Create(CultureInfo.InvariantCulture, $"{value:0.###} {unit}");
    }
}
