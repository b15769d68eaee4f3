namespace Camshaft.Load.Searching;

/// <summary>Finds the highest factor that passes, taking it that whatever is below one that passes does too.</summary>
internal static class RateBisection
{
    // Beyond that the first guess was no guess.
    private const double HighestFactor = 1 << 20;
    private const double LowestFactor = 1.0 / (1 << 10);

    /// <summary>Doubles from 1 while factors pass, or halves while they do not, then closes in.</summary>
    /// <param name="passesAsync">Tries a factor.</param>
    /// <param name="tolerance">How far, as a share, the answer may lie below the true limit.</param>
    /// <returns>The highest factor that was seen to pass; 0 when none did.</returns>
    public static async Task<double> FindHighestAsync(Func<double, Task<bool>> passesAsync, double tolerance)
    {
        double highestPassed = 0;
        var lowestFailed = double.PositiveInfinity;
        var factor = 1.0;
        while (highestPassed == 0 || lowestFailed > highestPassed * (1 + tolerance))
        {
            if (await passesAsync(factor).ConfigureAwait(false))
            {
                highestPassed = factor;
            }
            else
            {
                lowestFailed = factor;
            }

            factor = (highestPassed, lowestFailed) switch
            {
                (0, _) => lowestFailed / 2,
                (_, double.PositiveInfinity) => highestPassed * 2,
                _ => Math.Sqrt(highestPassed * lowestFailed),
            };
            if (factor is < LowestFactor or > HighestFactor)
            {
                break;
            }
        }

        return highestPassed;
    }
}
