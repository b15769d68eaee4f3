using Camshaft.Load.Plans;
using Camshaft.Load.Targets;

namespace Camshaft.Load.Running;

/// <summary>
/// What became of one model's requests in one run. A request counts when the moment at which it was due lies in the measured
/// time, and its latency is counted from that moment: what waits because the target stalls has waited. Any thread.
/// </summary>
internal sealed class ModelRecorder(ModelLoad load, RunWindow window)
{
    private readonly long _sloNanoseconds = load.Slo is { } slo ? RunWindow.ToNanoseconds(slo) : long.MaxValue;
    private long _due;
    private long _answered;
    private long _good;
    private long _finished;
    private long _heldBack;
    private long _answersInWindow;

    /// <summary>From the moment when a request was due to its whole answer; errors are not in it.</summary>
    public LatencyRecorder Latency { get; } = new();

    /// <summary>From the moment when a request was really sent to its whole answer.</summary>
    public LatencyRecorder ResponseTime { get; } = new();

    /// <summary>From the moment when a request was due to its error.</summary>
    public LatencyRecorder ErrorTime { get; } = new();

    /// <summary>How late requests were sent through the generator's own fault.</summary>
    public LatencyRecorder Lateness { get; } = new();

    public ErrorTally Errors { get; } = new();

    public Timeline Timeline { get; } = new(window);

    /// <summary>Requests that were due in the measured time.</summary>
    public long Due => Interlocked.Read(ref _due);

    /// <summary>Those with an answer as it should be.</summary>
    public long Answered => Interlocked.Read(ref _answered);

    /// <summary>Those with such an answer within the SLO.</summary>
    public long Good => Interlocked.Read(ref _good);

    /// <summary>Those that ended, well or badly.</summary>
    public long Finished => Interlocked.Read(ref _finished);

    /// <summary>Those that had to wait for others to be answered before they were sent.</summary>
    public long HeldBack => Interlocked.Read(ref _heldBack);

    /// <summary>Answers as they should be that came during the measured time, whenever their requests were due.</summary>
    public long AnswersInWindow => Interlocked.Read(ref _answersInWindow);

    /// <summary>Says that a request is about to be sent.</summary>
    /// <param name="due">When it should have been.</param>
    /// <param name="now">When it is.</param>
    /// <param name="isHeldBack">Whether others had to be answered first, which is no fault of the generator.</param>
    public void RecordSend(long due, long now, bool isHeldBack)
    {
        if (!window.IsMeasured(due))
        {
            return;
        }

        Interlocked.Increment(ref _due);
        if (isHeldBack)
        {
            Interlocked.Increment(ref _heldBack);
        }
        else
        {
            Lateness.Record(now - due);
        }
    }

    /// <summary>Says how a request ended.</summary>
    public void RecordEnd(long due, long sent, long now, in SendResult result)
    {
        var isGood = result.IsOk && now - due <= _sloNanoseconds;
        Timeline.Record(now, result.IsOk, isGood);
        if (result.IsOk && window.IsMeasured(now))
        {
            Interlocked.Increment(ref _answersInWindow);
        }

        if (!window.IsMeasured(due))
        {
            return;
        }

        Interlocked.Increment(ref _finished);
        if (!result.IsOk)
        {
            Errors.Add(result.ErrorKind!, result.Message);
            ErrorTime.Record(now - due);
            return;
        }

        Interlocked.Increment(ref _answered);
        Latency.Record(now - due);
        ResponseTime.Record(now - sent);
        if (isGood)
        {
            Interlocked.Increment(ref _good);
        }
    }

    /// <summary>Says that a request was due and is never sent.</summary>
    /// <param name="due">When it should have been.</param>
    /// <param name="now">When that is certain.</param>
    /// <param name="isHeldBack">Whether too many others were unanswered until the end; else the generator itself was too slow.</param>
    public void RecordNotSent(long due, long now, bool isHeldBack)
    {
        if (!window.IsMeasured(due))
        {
            return;
        }

        RecordSend(due, now, isHeldBack);
        Interlocked.Increment(ref _finished);
        Errors.Add("not sent", isHeldBack ? $"{load.MaxInFlight} requests were unanswered until the run ended." : "The generator was too slow.");
    }
}
