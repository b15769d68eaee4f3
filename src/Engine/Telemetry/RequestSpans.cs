using System.Diagnostics;
using System.Globalization;
using Camshaft.Backends;
using Camshaft.Engine.Telemetry.Metrics;

namespace Camshaft.Engine.Telemetry;

/// <summary>
/// The spans of requests, for whoever listens to the source <c>Camshaft</c>: one for each request that is sampled, and within
/// it one for each stage that took time. They are made when a request has ended, from its timings, so that nothing is done on
/// its way, and nothing at all while nobody listens. Any thread.
/// </summary>
public static class RequestSpans
{
    /// <summary>The source's name.</summary>
    public const string SourceName = "Camshaft";

    private static readonly ActivitySource Source = new(SourceName);
    private static readonly string[] CodeNames = Enum.GetNames<StatusCode>();

    /// <summary>Whether somebody listens, so that what spans need is worth finding out.</summary>
    public static bool IsWanted => Source.HasListeners();

    /// <summary>The trace of whoever calls from within the process.</summary>
    internal static TraceParent Current => Activity.Current is { IdFormat: ActivityIdFormat.W3C } activity ? ToParent(activity) : default;

    /// <summary>Tells those who listen of a request that has ended.</summary>
    /// <param name="recorder">Its model's.</param>
    /// <param name="timings">When it passed each point.</param>
    /// <param name="end">How it ended.</param>
    /// <param name="timeProvider">The clock of the timings.</param>
    /// <returns>The trace of its own span; where it has none, the one that it came with.</returns>
    internal static TraceParent Tell(ModelRecorder recorder, in RequestTimings timings, in RequestEnd end, TimeProvider timeProvider)
    {
        // Who calls Dispose has an activity of its own, or none; it is not to find ours in its place.
        var caller = Activity.Current;
        Activity.Current = null;
        try
        {
            using var span = Source.CreateActivity($"infer {recorder.ModelName}", ActivityKind.Server, ToContext(end.Trace, end.TraceState));
            if (span is null)
            {
                return end.Trace;
            }

            var clock = new SpanClock(timeProvider);
            span.SetTag("camshaft.model", recorder.ModelName);
            span.SetTag("camshaft.version", recorder.Version.ToString(CultureInfo.InvariantCulture));
            span.SetTag("camshaft.code", CodeNames[(int)end.Status.Code]);
            span.SetTag("camshaft.rows", end.Rows);
            span.SetStatus(end.Status.IsOk ? ActivityStatusCode.Ok : ActivityStatusCode.Error, end.Status.IsOk ? null : end.Status.Message);
            Tell(span, clock.ToTime(timings.Created), clock.ToTime(timings.Sent));
            for (var stage = RequestStage.Receive; stage < RequestStage.Total; stage++)
            {
                if (timings.GetTicks(stage) > 0)
                {
                    var start = timings.GetStart(stage);
                    using var part = Source.CreateActivity(StageName.Of(stage), ActivityKind.Internal, span.Context);
                    Tell(part, clock.ToTime(start), clock.ToTime(start + timings.GetTicks(stage)));
                }
            }

            return ToParent(span);
        }
        finally
        {
            Activity.Current = caller;
        }
    }

    private static void Tell(Activity? span, DateTime start, DateTime end)
    {
        span?.SetStartTime(start).Start().SetEndTime(end).Stop();
    }

    private static ActivityContext ToContext(in TraceParent parent, string? state) => parent.Exists
        ? new ActivityContext(
            ActivityTraceId.CreateFromString(parent.TraceIdText),
            ActivitySpanId.CreateFromString(parent.SpanIdText),
            parent.IsSampled ? ActivityTraceFlags.Recorded : ActivityTraceFlags.None,
            state,
            isRemote: true)
        : default;

    private static TraceParent ToParent(Activity activity) => new(
        UInt128.Parse(activity.TraceId.ToHexString(), NumberStyles.AllowHexSpecifier, CultureInfo.InvariantCulture),
        ulong.Parse(activity.SpanId.ToHexString(), NumberStyles.AllowHexSpecifier, CultureInfo.InvariantCulture),
        activity.Recorded);

    /// <summary>Turns the engine's moments into those of the calendar.</summary>
    private readonly struct SpanClock(TimeProvider timeProvider)
    {
        private readonly DateTime _utcNow = timeProvider.GetUtcNow().UtcDateTime;
        private readonly long _now = timeProvider.GetTimestamp();

        public DateTime ToTime(long timestamp) => _utcNow - timeProvider.GetElapsedTime(timestamp, _now);
    }
}
