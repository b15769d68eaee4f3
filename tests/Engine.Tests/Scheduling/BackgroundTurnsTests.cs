using Camshaft.Engine.Scheduling.Lanes;

namespace Camshaft.Engine.Tests.Scheduling;

/// <summary>When runs that nobody waits for may start.</summary>
public sealed class BackgroundTurnsTests
{
    private readonly BackgroundTurns _turns = new();

    [Fact]
    public void One_that_had_the_device_to_itself_is_followed_by_the_next()
    {
        _turns.Start(now: 1000, othersStarted: 5, isAlone: true);
        _turns.End(now: 1010, othersStarted: 5);

        Assert.True(_turns.MayStart(1010));
    }

    [Theory]
    [InlineData(true, 6)]
    [InlineData(false, 5)]
    public void One_that_was_in_the_way_is_followed_by_a_rest_of_a_hundred_times_its_length(bool isAlone, long othersStarted)
    {
        _turns.Start(now: 1000, othersStarted: 5, isAlone);
        _turns.End(now: 1010, othersStarted);

        Assert.False(_turns.MayStart(1999));
        Assert.True(_turns.MayStart(2000));
    }
}
