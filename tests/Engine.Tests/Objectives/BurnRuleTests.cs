using Camshaft.Engine.Objectives;

namespace Camshaft.Engine.Tests.Objectives;

public sealed class BurnRuleTests
{
    [Fact]
    public void Of_thirty_days_the_windows_are_those_of_the_book()
    {
        var rules = BurnRule.For(TimeSpan.FromDays(30));

        Assert.Equal(
            [
                (14.4, TimeSpan.FromHours(1), TimeSpan.FromMinutes(5), true),
                (6, TimeSpan.FromHours(6), TimeSpan.FromMinutes(30), true),
                (3, TimeSpan.FromDays(1), TimeSpan.FromHours(2), false),
                (1, TimeSpan.FromDays(3), TimeSpan.FromHours(6), false),
            ],
            rules.Select(static rule => (rule.Factor, rule.Long, rule.Short, rule.IsFast)));
    }

    [Fact]
    public void Other_windows_have_the_same_parts()
    {
        var rules = BurnRule.For(TimeSpan.FromDays(3));

        Assert.Equal([6, 36, 144, 432], rules.Select(static rule => rule.Long.TotalMinutes));
        Assert.All(rules, static rule => Assert.Equal(rule.Long / 12, rule.Short));
    }

    [Fact]
    public void No_long_window_is_shorter_than_a_minute() =>
        Assert.Equal([60, 60, 120, 360], BurnRule.For(TimeSpan.FromHours(1)).Select(static rule => rule.Long.TotalSeconds));

    [Theory]
    [InlineData(990, 1000, 99, 1)]
    [InlineData(980, 1000, 99, 2)]
    [InlineData(1000, 1000, 99, 0)]
    [InlineData(0, 1000, 99.9, 1000)]
    [InlineData(0, 0, 99, 0)]
    public void A_burn_rate_is_the_share_of_failures_over_the_share_that_is_allowed(long good, long total, double target, double expected) =>
        Assert.Equal(expected, new ObjectiveTally(good, total).GetBurnRate(target), 1e-6);

    [Theory]
    [InlineData(1000, 1000, 1)]
    [InlineData(995, 1000, 0.5)]
    [InlineData(990, 1000, 0)]
    [InlineData(980, 1000, -1)]
    public void What_is_left_of_a_budget_is_what_was_not_burnt(long good, long total, double expected) =>
        Assert.Equal(expected, new ObjectiveTally(good, total).GetBudgetLeft(99), 1e-9);
}
