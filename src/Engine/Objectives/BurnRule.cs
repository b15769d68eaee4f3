namespace Camshaft.Engine.Objectives;

/// <summary>
/// One pair of windows over which the burn rate of an error budget is watched. It is met when both burn at the factor or
/// faster: the long one says that it matters, the short one that it still goes on.
/// </summary>
/// <param name="Factor">The burn rate.</param>
/// <param name="Long">The long window.</param>
/// <param name="Short">The short window, a twelfth of it.</param>
/// <param name="IsFast">Whether so much goes that somebody should look now rather than in working hours.</param>
public sealed record BurnRule(double Factor, TimeSpan Long, TimeSpan Short, bool IsFast)
{
    // A minute holds enough requests to judge, and is what a reading every few seconds can tell.
    private static readonly TimeSpan ShortestLong = TimeSpan.FromMinutes(1);

    // What is watched over 30 days by the book (Site Reliability Workbook, chapter 5): the burn rates, and after which part of
    // the window each is judged: 1 h, 6 h, 1 d and 3 d of 30 d. So they stand for 2, 5, 10 and 10 % of the budget.
    private static readonly (double Factor, int Part, bool IsFast)[] Book = [(14.4, 720, true), (6, 120, true), (3, 30, false), (1, 10, false)];

    /// <summary>How many short windows a long one has.</summary>
    public const int ShortsPerLong = 12;

    /// <summary>The pairs for an objective's window, the fastest first.</summary>
    /// <param name="window">Over how long the objective is counted.</param>
    /// <param name="shortestLong">How long a long window must be at least; null = a minute.</param>
    public static IReadOnlyList<BurnRule> For(TimeSpan window, TimeSpan? shortestLong = null) =>
        [.. Book.Select(rule => Create(rule.Factor, window / rule.Part, shortestLong ?? ShortestLong, rule.IsFast))];

    private static BurnRule Create(double factor, TimeSpan length, TimeSpan least, bool isFast)
    {
        var longWindow = length > least ? length : least;
        return new BurnRule(factor, longWindow, longWindow / ShortsPerLong, isFast);
    }
}
