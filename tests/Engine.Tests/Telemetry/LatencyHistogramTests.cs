using Camshaft.Engine.Telemetry;
using CsCheck;

namespace Camshaft.Engine.Tests.Telemetry;

public sealed class LatencyHistogramTests
{
    [Fact]
    public void A_bucket_is_at_most_an_eighth_wide() =>
        Gen.Long[64, 1L << 41].Sample(nanoseconds =>
        {
            var bucket = LatencyHistogram.GetBucket(nanoseconds);
            var upper = LatencyHistogram.GetUpperBound(bucket);
            Assert.InRange(nanoseconds, LatencyHistogram.GetUpperBound(bucket - 1), upper - 1);
            Assert.True(upper - nanoseconds <= nanoseconds / 8 + 1);
        });

    [Theory]
    [InlineData(0, 0)]
    [InlineData(63, 0)]
    [InlineData(long.MaxValue, LatencyHistogram.BucketCount - 1)]
    public void The_ends_are_open(long nanoseconds, int bucket) => Assert.Equal(bucket, LatencyHistogram.GetBucket(nanoseconds));
}
