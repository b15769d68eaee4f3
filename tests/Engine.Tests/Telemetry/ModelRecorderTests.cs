using Camshaft.Backends;
using Camshaft.Engine.Telemetry;
using Camshaft.Testing;

namespace Camshaft.Engine.Tests.Telemetry;

public sealed class ModelRecorderTests
{
    private readonly ModelRecorder _recorder = new(TimeProvider.System);

    [Fact]
    public void Stages_add_up_over_successful_requests()
    {
        var second = TimeProvider.System.TimestampFrequency;
        _recorder.Record(new RequestTimings { Created = second, Received = 3 * second, Taken = 6 * second }, StatusCode.Ok);
        _recorder.Record(new RequestTimings { Created = second, Received = 5 * second, Taken = 6 * second }, StatusCode.Ok);

        Assert.Equal(TimeSpan.FromSeconds(6), _recorder.GetStatistics(RequestStage.Receive).Sum);
        Assert.Equal(TimeSpan.FromSeconds(4), _recorder.GetStatistics(RequestStage.Queue).Sum);
        Assert.Equal(2, _recorder.GetStatistics(RequestStage.Queue).Count);
    }

    [Fact]
    public void Failed_requests_are_counted_by_code_and_in_no_stage()
    {
        _recorder.Record(new RequestTimings { Created = 1, Received = 100 }, StatusCode.DeadlineExceeded);

        Assert.Equal(1, _recorder.GetCount(StatusCode.DeadlineExceeded));
        Assert.Equal(0, _recorder.GetCount(StatusCode.Ok));
        Assert.Equal(0, _recorder.GetStatistics(RequestStage.Receive).Count);
    }

    [Fact]
    public void Quantiles_are_right_to_an_eighth()
    {
        var millisecond = TimeProvider.System.TimestampFrequency / 1000;
        for (var i = 1; i <= 100; i++)
        {
            _recorder.Record(new RequestTimings { Created = 1, Received = 1 + (i * millisecond) }, StatusCode.Ok);
        }

        var statistics = _recorder.GetStatistics(RequestStage.Receive);
        Assert.InRange(statistics.Median.TotalMilliseconds, 50, 57);
        Assert.InRange(statistics.Percentile99.TotalMilliseconds, 99, 112);
    }

    [Fact]
    public void Recording_takes_no_memory()
    {
        var timings = new RequestTimings { Created = 1, Received = 100 };
        AllocationAssert.NoneWhenWarm(() => _recorder.Record(timings, StatusCode.Ok));
    }
}
