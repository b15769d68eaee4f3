using Camshaft.Backends;
using Camshaft.Engine.Telemetry;
using Camshaft.Testing;

namespace Camshaft.Engine.Tests.Telemetry;

public sealed class ModelRecorderTests
{
    private static readonly long Second = TimeProvider.System.TimestampFrequency;

    private readonly TestDevice _device = new();
    private readonly ModelRecorder _recorder = new("model", 1, TimeProvider.System);

    [Fact]
    public void Stages_add_up_over_successful_requests()
    {
        Record(new RequestTimings { Created = Second, Received = 3 * Second, Taken = 6 * Second });
        Record(new RequestTimings { Created = Second, Received = 5 * Second, Taken = 6 * Second });

        Assert.Equal(TimeSpan.FromSeconds(6), _recorder.GetStatistics(RequestStage.Receive).Sum);
        Assert.Equal(TimeSpan.FromSeconds(4), _recorder.GetStatistics(RequestStage.Queue).Sum);
        Assert.Equal(2, _recorder.GetStatistics(RequestStage.Queue).Count);
    }

    [Fact]
    public void Stages_of_a_request_add_up_to_its_total()
    {
        var timings = Whole(11 * Second);
        var sum = Enum.GetValues<RequestStage>().Where(static stage => stage != RequestStage.Total).Sum(stage => timings.GetTicks(stage));

        Assert.Equal(timings.GetTicks(RequestStage.Total), sum);
        Assert.Equal(Second, timings.GetTicks(RequestStage.BatchWait));
    }

    [Fact]
    public void Failed_requests_are_counted_by_code_and_in_no_stage()
    {
        Record(new RequestTimings { Created = 1, Received = 100 }, new InferenceStatus(StatusCode.DeadlineExceeded, "late"));

        Assert.Equal(1, _recorder.GetCount(StatusCode.DeadlineExceeded));
        Assert.Equal(0, _recorder.GetCount(StatusCode.Ok));
        Assert.Equal(0, _recorder.GetStatistics(RequestStage.Receive).Count);
    }

    [Fact]
    public void Counts_since_an_earlier_reading_are_what_came_in_between()
    {
        Record(Whole(Second), rows: 2);
        var earlier = _recorder.ReadCounts();
        Record(Whole(Second), rows: 3);
        Record(Whole(Second), new InferenceStatus(StatusCode.Internal, "broken"));
        var window = _recorder.ReadCounts().Since(earlier);

        Assert.Equal((2, 1, 1, 3), (window.Requests, window.Successes, window.Errors, window.Rows));
        Assert.Equal(1, window.RunErrors);
    }

    [Fact]
    public void Requests_that_kept_the_objective_are_counted_exactly()
    {
        _recorder.SetObjective(TimeSpan.FromSeconds(9));
        Record(Whole(10 * Second) with { Created = 1, Received = 1, Sent = 1 + (9 * Second) });
        Record(Whole(10 * Second) with { Created = 1, Received = 1, Sent = 2 + (9 * Second) });

        Assert.Equal(1, _recorder.ReadCounts().WithinObjective);
    }

    [Fact]
    public void Batches_are_counted_by_their_size()
    {
        _recorder.CountExecution(4, Whole(Second), succeeded: true);
        _recorder.CountExecution(1, Whole(Second), succeeded: true);
        _recorder.CountExecution(4, Whole(Second), succeeded: true);
        _recorder.CountExecution(4, Whole(Second), succeeded: false);

        Assert.Equal([(1, 1), (4, 2)], _recorder.ReadBatchSizes().Select(static size => (size.Rows, size.Count)));
        Assert.Equal(TimeSpan.FromSeconds(4), _recorder.ReadBatchSizes()[1].Run);
        Assert.Equal(4, _recorder.Executions);
    }

    [Fact]
    public void Sizes_beyond_those_told_apart_are_left_out_of_the_sizes_alone()
    {
        for (var rows = 1; rows <= BatchSizes.Most + 1; rows++)
        {
            _recorder.CountExecution(rows, Whole(Second), succeeded: true);
        }

        Assert.Equal(BatchSizes.Most, _recorder.ReadBatchSizes().Count);
        Assert.Equal(BatchSizes.Most + 1, _recorder.Executions);
    }

    [Fact]
    public async Task Nothing_is_lost_when_many_threads_record_at_once()
    {
        const int Threads = 4;
        const int PerThread = 20_000;
        await Task.WhenAll(Enumerable.Range(0, Threads).Select(_ => Task.Run(() =>
        {
            for (var i = 0; i < PerThread; i++)
            {
                Record(Whole(Second));
            }
        })));

        Assert.Equal(Threads * PerThread, _recorder.TotalCount);
        Assert.Equal(Threads * PerThread, _recorder.GetStatistics(RequestStage.Total).Count);
    }

    [Fact]
    public void Recording_takes_no_memory()
    {
        var end = new RequestEnd(InferenceStatus.Ok);
        AllocationAssert.NoneWhenWarm(() =>
        {
            var timings = Whole(Second);
            _recorder.Record(ref timings, end);
            _recorder.CountExecution(1, timings, succeeded: true);
            _recorder.CountDeviceTime(_device, Second);
        });
    }

    [Fact]
    public async Task Device_time_adds_up_by_device_when_many_threads_count_it()
    {
        TestDevice[] devices = [_device, new()];
        await Task.WhenAll(Enumerable.Range(0, 4).Select(thread => Task.Run(() =>
        {
            for (var i = 0; i < 1000; i++)
            {
                _recorder.CountDeviceTime(devices[(thread + i) % 2], Second);
            }
        })));

        Assert.Equal([(_device, 2000), (devices[1], 2000)], _recorder.ReadDeviceTimes().OrderBy(time => time.Device == _device ? 0 : 1).Select(static time => ((TestDevice)time.Device, time.Time.TotalSeconds)));
        Assert.Equal(4000, _recorder.ReadCounts().DeviceTime.TotalSeconds);
    }

    private static RequestTimings Whole(long start) => new()
    {
        Created = start,
        Received = start + Second,
        Held = start + (2 * Second),
        Taken = start + (3 * Second),
        RunStarted = start + (4 * Second),
        RunEnded = start + (6 * Second),
        Completed = start + (7 * Second),
        Sent = start + (9 * Second),
    };

    private void Record(RequestTimings timings, InferenceStatus status = default, int rows = 1) => _recorder.Record(ref timings, new RequestEnd(status, rows));
}
