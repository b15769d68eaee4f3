using Camshaft.Backends;
using Camshaft.Engine.Telemetry;
using Microsoft.Extensions.Time.Testing;

namespace Camshaft.Engine.Tests.Telemetry;

public sealed class RequestLogTests
{
    private static readonly TraceParent Trace = new(0x1234, 0x56, IsSampled: true);

    private readonly FakeTimeProvider _clock = new(new DateTimeOffset(2026, 1, 1, 0, 0, 0, TimeSpan.Zero));
    private readonly ModelRecorder _recorder;

    public RequestLogTests()
    {
        _clock.Advance(TimeSpan.FromHours(1));
        _recorder = new ModelRecorder("model", 1, _clock);
    }

    [Fact]
    public void The_slowest_requests_are_remembered_slowest_first_with_their_stages()
    {
        foreach (var milliseconds in Enumerable.Range(1, 1000).OrderBy(static i => i * 7919 % 1000))
        {
            Record(milliseconds);
        }

        var slow = _recorder.ReadSlowRequests();
        Assert.Equal(Enumerable.Range(1000 - RequestLog.MostSlow + 1, RequestLog.MostSlow).Reverse(), slow.Select(static request => (int)request.GetTime(RequestStage.Total).TotalMilliseconds));
        Assert.Equal(TimeSpan.FromSeconds(1), slow[0].GetTime(RequestStage.Run));
        Assert.Equal((Trace, _clock.GetUtcNow()), (slow[0].Trace, slow[0].EndedAt));
    }

    [Fact]
    public void Slow_requests_are_forgotten_after_a_while()
    {
        Record(5000);
        _clock.Advance(TimeSpan.FromSeconds(31));
        Record(10);
        Assert.Equal([5000, 10], _recorder.ReadSlowRequests().Select(static request => request.GetTime(RequestStage.Total).TotalMilliseconds));

        _clock.Advance(TimeSpan.FromSeconds(31));
        Record(20);
        Assert.Equal([20, 10], _recorder.ReadSlowRequests().Select(static request => request.GetTime(RequestStage.Total).TotalMilliseconds));

        _clock.Advance(TimeSpan.FromSeconds(61));
        Assert.Empty(_recorder.ReadSlowRequests());
    }

    [Fact]
    public void The_last_errors_are_remembered_newest_first()
    {
        for (var i = 0; i < 100; i++)
        {
            _clock.Advance(TimeSpan.FromSeconds(1));
            Record(1, new InferenceStatus(StatusCode.Internal, $"error {i}"));
        }

        Assert.Equal(Enumerable.Range(100 - RequestLog.MostErrors, RequestLog.MostErrors).Reverse().Select(static i => $"error {i}"), _recorder.ReadErrors().Select(static error => error.Status.Message));
    }

    private void Record(int milliseconds, InferenceStatus status = default)
    {
        var end = _clock.GetTimestamp();
        var start = end - (milliseconds * _clock.TimestampFrequency / 1000);
        var timings = new RequestTimings { Created = start, Received = start, Taken = start, RunStarted = start, RunEnded = end, Completed = end, Sent = end };
        _recorder.Record(ref timings, new RequestEnd(status, Trace: Trace));
    }
}
