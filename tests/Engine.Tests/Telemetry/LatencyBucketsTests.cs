using Camshaft.Engine.Telemetry;
using CsCheck;

namespace Camshaft.Engine.Tests.Telemetry;

public sealed class LatencyBucketsTests
{
    [Fact]
    public void A_duration_lies_above_the_bound_before_and_up_to_its_own() =>
        Gen.Long[1001, 1_000_000_000_000].Sample(static nanoseconds =>
        {
            var bucket = LatencyBuckets.GetBucket(nanoseconds);
            Assert.InRange(nanoseconds, LatencyBuckets.GetUpperBound(bucket - 1) + 1, LatencyBuckets.GetUpperBound(bucket));
        });

    [Fact]
    public void Every_bound_is_in_its_own_bucket_and_the_next_nanosecond_in_the_next()
    {
        for (var bucket = 0; bucket < LatencyBuckets.Count - 1; bucket++)
        {
            var bound = LatencyBuckets.GetUpperBound(bucket);
            Assert.Equal(bucket, LatencyBuckets.GetBucket(bound));
            Assert.Equal(bucket + 1, LatencyBuckets.GetBucket(bound + 1));
        }
    }

    [Fact]
    public void A_bucket_is_at_most_a_twentieth_wide()
    {
        for (var bucket = 1; bucket < LatencyBuckets.Count - 1; bucket++)
        {
            var (from, to) = (LatencyBuckets.GetUpperBound(bucket - 1), LatencyBuckets.GetUpperBound(bucket));
            Assert.InRange((to - from) * 20, 1, from);
        }
    }

    [Theory]
    [InlineData(1)]
    [InlineData(2.5)]
    [InlineData(20)]
    [InlineData(250)]
    [InlineData(1500)]
    public void Latencies_that_people_name_are_bounds(double milliseconds)
    {
        var nanoseconds = (long)(milliseconds * 1e6);
        Assert.Equal(nanoseconds, LatencyBuckets.GetUpperBound(LatencyBuckets.GetBucket(nanoseconds)));
    }

    [Theory]
    [InlineData(0, 0)]
    [InlineData(1000, 0)]
    [InlineData(1001, 1)]
    [InlineData(1_000_000_000_000, LatencyBuckets.Count - 2)]
    [InlineData(1_000_000_000_001, LatencyBuckets.Count - 1)]
    [InlineData(long.MaxValue, LatencyBuckets.Count - 1)]
    public void The_ends_are_open(long nanoseconds, int bucket) => Assert.Equal(bucket, LatencyBuckets.GetBucket(nanoseconds));
}
