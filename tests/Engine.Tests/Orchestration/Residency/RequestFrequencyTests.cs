using Camshaft.Engine.Orchestration.Residency;

namespace Camshaft.Engine.Tests.Orchestration.Residency;

public sealed class RequestFrequencyTests
{
    private readonly RequestFrequency _frequency = new(TimeSpan.FromSeconds(100));

    [Fact]
    public void A_steady_rate_is_found()
    {
        for (var second = 1; second <= 1000; second++)
        {
            _frequency.Update(TimeSpan.FromSeconds(second), total: second * 5);
        }

        Assert.InRange(_frequency.GetRate(TimeSpan.FromSeconds(1000)), 4.9, 5.1);
    }

    [Fact]
    public void After_its_time_constant_a_request_counts_e_times_less()
    {
        _frequency.Update(TimeSpan.Zero, total: 100);

        Assert.Equal(1 / Math.E, _frequency.GetRate(TimeSpan.FromSeconds(100)), precision: 9);
    }

    [Fact]
    public void A_count_that_begins_anew_takes_nothing_back()
    {
        _frequency.Update(TimeSpan.Zero, total: 100);
        _frequency.Update(TimeSpan.Zero, total: 10);

        Assert.Equal(1.1, _frequency.GetRate(TimeSpan.Zero), precision: 9);
    }
}
