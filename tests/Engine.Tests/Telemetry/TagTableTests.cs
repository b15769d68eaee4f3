using Camshaft.Engine.Telemetry;
using Camshaft.Testing;

namespace Camshaft.Engine.Tests.Telemetry;

public sealed class TagTableTests
{
    private readonly TagTable _table = new(["tenant", "tier"], valueLimit: 3);

    [Fact]
    public void Values_beyond_the_limit_are_counted_together()
    {
        var counts = new TagCounts(_table);
        for (var i = 0; i < 100; i++)
        {
            counts.Count(default(RequestTags).With(0, _table.GetValue(0, $"value{i % 10}")), succeeded: i >= 10);
        }

        Assert.Equal(
            [new TaggedCount("tenant", "other", 63, 7), new("tenant", "value0", 9, 1), new("tenant", "value1", 9, 1), new("tenant", "value2", 9, 1)],
            counts.Read());
    }

    [Fact]
    public void A_request_may_carry_several_tags()
    {
        var tags = default(RequestTags).With(0, _table.GetValue(0, "acme")).With(1, _table.GetValue(1, "gold"));
        var counts = new TagCounts(_table);
        counts.Count(tags, succeeded: true);

        Assert.Equal([new TaggedCount("tenant", "acme", 1, 0), new("tier", "gold", 1, 0)], counts.Read());
    }

    [Fact]
    public void Names_are_found_in_any_case_and_values_are_not_the_same_in_another()
    {
        Assert.Equal((1, -1), (_table.Find("TIER"), _table.Find("region")));
        Assert.NotEqual(_table.GetValue(0, "acme"), _table.GetValue(0, "ACME"));
    }

    [Fact]
    public void Long_values_and_those_that_are_named_as_the_rest_are_the_rest()
    {
        Assert.Equal(0, _table.GetValue(0, new string('x', TagTable.LongestValue + 1)));
        Assert.Equal(0, _table.GetValue(0, "other"));
    }

    [Fact]
    public void A_value_that_is_known_takes_no_memory() => AllocationAssert.NoneWhenWarm(() => _table.GetValue(0, "acme"));

    [Fact]
    public void No_more_values_are_told_apart_when_many_come_at_once()
    {
        Parallel.For(0, 10_000, i => Assert.InRange(_table.GetValue(0, $"{i % 50}"), 0, 3));

        Assert.Equal(4, Enumerable.Range(0, 50).Select(i => _table.GetValue(0, $"{i}")).Distinct().Count());
    }
}
