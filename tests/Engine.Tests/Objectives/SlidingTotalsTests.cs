using Camshaft.Engine.Objectives;

namespace Camshaft.Engine.Tests.Objectives;

public sealed class SlidingTotalsTests
{
    private readonly SlidingTotals _sliding = new(TimeSpan.FromMinutes(1), 12);

    [Fact]
    public void A_window_holds_what_happened_in_it_to_a_step()
    {
        // One request a second for ten minutes.
        for (var second = 0; second <= 600; second++)
        {
            _sliding.Add(TimeSpan.FromSeconds(second), new ServiceTotals { Requests = second });
        }

        var now = TimeSpan.FromSeconds(600);
        var period = _sliding.Within(now, TimeSpan.FromMinutes(1), new ServiceTotals { Requests = 600 });

        Assert.InRange(period.Totals.Requests, 60, 65);
        Assert.Equal(period.Totals.Requests, period.Length.TotalSeconds);
    }

    [Fact]
    public void A_part_of_the_window_holds_what_happened_in_that_part()
    {
        for (var second = 0; second <= 120; second += 5)
        {
            _sliding.Add(TimeSpan.FromSeconds(second), new ServiceTotals { Requests = second });
        }

        Assert.Equal(5, _sliding.Within(TimeSpan.FromSeconds(120), TimeSpan.FromSeconds(5), new ServiceTotals { Requests = 120 }).Totals.Requests);
    }

    [Fact]
    public void Before_the_window_is_over_all_that_was_seen_counts()
    {
        _sliding.Add(TimeSpan.Zero, default);

        var period = _sliding.Within(TimeSpan.FromSeconds(20), TimeSpan.FromMinutes(1), new ServiceTotals { Requests = 7 });

        Assert.Equal((TimeSpan.FromSeconds(20), 7), (period.Length, period.Totals.Requests));
    }

    [Fact]
    public void After_a_pause_what_is_older_than_the_window_does_not_count()
    {
        _sliding.Add(TimeSpan.Zero, default);
        _sliding.Add(TimeSpan.FromSeconds(10), new ServiceTotals { Requests = 10 });
        _sliding.Add(TimeSpan.FromHours(1), new ServiceTotals { Requests = 10 });

        Assert.Equal(3, _sliding.Within(TimeSpan.FromHours(1) + TimeSpan.FromSeconds(1), TimeSpan.FromMinutes(1), new ServiceTotals { Requests = 13 }).Totals.Requests);
    }

    [Fact]
    public void Before_the_first_reading_nothing_happened() =>
        Assert.Equal(default, _sliding.Within(TimeSpan.FromSeconds(1), TimeSpan.FromMinutes(1), new ServiceTotals { Requests = 5 }));
}
