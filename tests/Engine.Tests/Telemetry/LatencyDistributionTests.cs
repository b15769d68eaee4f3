using Camshaft.Backends;
using Camshaft.Engine.Telemetry;

namespace Camshaft.Engine.Tests.Telemetry;

public sealed class LatencyDistributionTests
{
    private readonly ModelRecorder _recorder = new("model", 1, TimeProvider.System);

    [Fact]
    public void Quantiles_are_right_to_a_twentieth()
    {
        RecordMilliseconds(Enumerable.Range(1, 1000));
        var distribution = Read();

        Assert.InRange(distribution.GetQuantile(0.5).TotalMilliseconds, 500 * 0.95, 500 * 1.05);
        Assert.InRange(distribution.GetQuantile(0.99).TotalMilliseconds, 990 * 0.95, 990 * 1.05);
        Assert.InRange(distribution.GetQuantile(1).TotalMilliseconds, 1000 * 0.95, 1000 * 1.05);
    }

    [Fact]
    public void What_is_left_after_a_subtraction_is_what_came_in_between()
    {
        RecordMilliseconds(Enumerable.Repeat(10, 1000));
        var earlier = Read();
        RecordMilliseconds(Enumerable.Repeat(80, 10));
        var window = Read();
        window.Subtract(earlier);

        Assert.Equal(10, window.Count);
        Assert.Equal(800, window.Sum.TotalMilliseconds, 1.0);
        Assert.InRange(window.GetQuantile(0.01).TotalMilliseconds, 76, 84);
    }

    [Fact]
    public void Those_within_a_latency_are_counted_exactly_where_it_is_a_bound()
    {
        RecordMilliseconds([19, 20, 20, 21, 50]);

        Assert.Equal(3, Read().CountWithin(TimeSpan.FromMilliseconds(20)));
    }

    [Fact]
    public void Nothing_has_quantiles_of_zero() => Assert.Equal(TimeSpan.Zero, Read().GetQuantile(0.99));

    private void RecordMilliseconds(IEnumerable<int> durations)
    {
        foreach (var duration in durations)
        {
            var timings = new RequestTimings { Created = 1, Received = 1, Completed = 1, Sent = 1 + (duration * TimeProvider.System.TimestampFrequency / 1000) };
            _recorder.Record(ref timings, new RequestEnd(InferenceStatus.Ok));
        }
    }

    private LatencyDistribution Read()
    {
        var distribution = new LatencyDistribution();
        _recorder.Read(RequestStage.Total, distribution);
        return distribution;
    }
}
