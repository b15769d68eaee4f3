namespace Camshaft.LiveConsole.Sampling;

/// <summary>Rounds what is shown: digits that nobody reads would make every row another one each second.</summary>
internal static class Figures
{
    private const int Digits = 4;

    /// <summary>Keeps four digits.</summary>
    public static double Round(double value)
    {
        if (value == 0 || !double.IsFinite(value))
        {
            return 0;
        }

        var places = Digits - 1 - (int)Math.Floor(Math.Log10(Math.Abs(value)));
        return places >= 0 ? Math.Round(value, Math.Min(places, 9)) : Math.Round(value);
    }

    public static float RoundSingle(double value) => (float)Round(value);

    public static double ToMilliseconds(TimeSpan time) => Round(time.TotalMilliseconds);

    /// <summary>A moment in seconds since 1970.</summary>
    public static double ToUnixSeconds(DateTimeOffset time) => Math.Round((time - DateTimeOffset.UnixEpoch).TotalSeconds, 6);

    /// <summary>A counter's growth over a time, a second.</summary>
    public static double PerSecond(double growth, TimeSpan elapsed) => elapsed > TimeSpan.Zero ? growth / elapsed.TotalSeconds : 0;
}
