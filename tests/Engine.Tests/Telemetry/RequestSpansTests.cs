using System.Collections.Concurrent;
using System.Diagnostics;
using Camshaft.Backends;
using Camshaft.Engine.Inference;
using Camshaft.Engine.Telemetry;
using Camshaft.Engine.Tests.Support;

namespace Camshaft.Engine.Tests.Telemetry;

/// <summary>Spans, as a listener of this process gets them. Alone: others would listen in.</summary>
[CollectionDefinition(nameof(RequestSpansTests), DisableParallelization = true)]
[Collection(nameof(RequestSpansTests))]
public sealed class RequestSpansTests : IDisposable
{
    private static readonly TraceParent Caller = new(0xabcdef, 0x1234, IsSampled: true);

    private readonly ConcurrentQueue<Activity> _spans = [];
    private readonly ActivityListener _listener;
    private ActivitySamplingResult _sampling = ActivitySamplingResult.AllDataAndRecorded;

    public RequestSpansTests()
    {
        _listener = new ActivityListener
        {
            ShouldListenTo = static source => source.Name == RequestSpans.SourceName,
            Sample = (ref ActivityCreationOptions<ActivityContext> _) => _sampling,
            ActivityStopped = _spans.Enqueue,
        };
        ActivitySource.AddActivityListener(_listener);
    }

    public void Dispose() => _listener.Dispose();

    [Fact]
    public async Task A_request_has_a_span_with_its_stages_in_the_trace_that_it_came_with()
    {
        await using var harness = new Harness();
        await RunAsync(harness, Caller);

        var whole = Assert.Single(_spans, static span => span.Kind == ActivityKind.Server);
        Assert.Equal(("infer fake", Caller.TraceIdText, Caller.SpanIdText), (whole.DisplayName, whole.TraceId.ToHexString(), whole.ParentSpanId.ToHexString()));
        Assert.Equal("Ok", whole.GetTagItem("camshaft.code"));
        var run = Assert.Single(_spans, static span => span.DisplayName == "run");
        Assert.Equal(whole.SpanId, run.ParentSpanId);
        Assert.True(run.StartTimeUtc >= whole.StartTimeUtc && run.StartTimeUtc + run.Duration <= whole.StartTimeUtc + whole.Duration + TimeSpan.FromMilliseconds(1));
    }

    [Fact]
    public async Task What_the_recorder_remembers_leads_to_the_requests_own_trace()
    {
        await using var harness = new Harness();
        await RunAsync(harness, default);

        Assert.Equal(_spans.Single(static span => span.Kind == ActivityKind.Server).TraceId.ToHexString(), harness.Model.Recorder.ReadSlowRequests().Single().Trace.TraceIdText);
    }

    [Fact]
    public async Task A_failed_request_says_so()
    {
        await using var harness = new Harness(static _ => throw new BackendException(StatusCode.InvalidArgument, "no"));
        await RunAsync(harness, Caller);

        var whole = Assert.Single(_spans, static span => span.Kind == ActivityKind.Server);
        Assert.Equal((ActivityStatusCode.Error, "no"), (whole.Status, whole.StatusDescription));
    }

    [Fact]
    public async Task A_caller_within_the_process_is_the_parent_and_stays_current()
    {
        using var caller = new Activity("caller").Start();
        await using var harness = new Harness();
        await RunAsync(harness, default);

        Assert.Same(caller, Activity.Current);
        Assert.Equal(caller.SpanId, _spans.Single(static span => span.Kind == ActivityKind.Server).ParentSpanId);
    }

    [Fact]
    public async Task What_is_not_sampled_has_no_span_and_keeps_its_trace()
    {
        _sampling = ActivitySamplingResult.None;
        await using var harness = new Harness();
        await RunAsync(harness, Caller);

        Assert.Empty(_spans);
        Assert.Equal(Caller, harness.Model.Recorder.ReadSlowRequests().Single().Trace);
    }

    private static async Task RunAsync(Harness harness, TraceParent trace)
    {
        using InferenceRequest request = await harness.PrepareAsync(null, 1, 2);
        request.Trace = trace;
        await request.RunAsync();
    }
}
