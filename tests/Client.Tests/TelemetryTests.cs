using System.Collections.Concurrent;
using System.Diagnostics;
using System.Diagnostics.Metrics;
using Camshaft.Backends;
using Camshaft.Client.Tests.Support;
using Camshaft.Transport.Wire;

namespace Camshaft.Client.Tests;

/// <summary>What a client tells of itself. Other tests' clients share the names, so that a model of its own tells this one's.</summary>
public sealed class TelemetryTests
{
    private const string Model = "told";

    [Fact]
    public async Task The_servers_span_is_a_child_of_the_clients_which_is_a_child_of_the_callers()
    {
        var ended = new ConcurrentQueue<Activity>();
        using var listener = new ActivityListener
        {
            ShouldListenTo = static source => source.Name is "Camshaft.Client" or "tests",
            Sample = static (ref ActivityCreationOptions<ActivityContext> _) => ActivitySamplingResult.AllDataAndRecorded,
            ActivityStopped = ended.Enqueue,
        };
        ActivitySource.AddActivityListener(listener);
        using var source = new ActivitySource("tests");
        using var server = new ScriptedServer();
        await using var client = new CamshaftClient(server.Address);
        using var caller = source.StartActivity("caller")!;
        caller.TraceStateString = "vendor=1";

        var infer = await RunAsync(server, client);

        var activity = Assert.Single(ended, static activity => activity.OperationName == $"infer {Model}");
        Assert.Equal((caller.SpanId, ActivityKind.Client, ActivityStatusCode.Ok), (activity.ParentSpanId, activity.Kind, activity.Status));
        Assert.Same(caller, Activity.Current);
        var parent = infer.Fields.Single(static field => field.Number == FieldNumber.TraceParent).Value;
        Assert.Equal($"00{caller.TraceId}{activity.SpanId}01", Convert.ToHexStringLower(parent));
        Assert.Equal("vendor=1"u8, infer.Fields.Single(static field => field.Number == FieldNumber.TraceState).Value);
    }

    [Fact]
    public async Task Requests_are_measured_by_model_and_code()
    {
        var measured = new ConcurrentQueue<(string Model, string Code)>();
        using var listener = new MeterListener
        {
            InstrumentPublished = static (instrument, listener) =>
            {
                if (instrument.Name == "camshaft.client.request.duration")
                {
                    listener.EnableMeasurementEvents(instrument);
                }
            },
        };
        listener.SetMeasurementEventCallback<double>((_, value, tags, _) => measured.Enqueue(((string)tags[0].Value!, (string)tags[1].Value!)));
        listener.Start();
        using var server = new ScriptedServer();
        await using var client = new CamshaftClient(server.Address);

        await RunAsync(server, client);

        Assert.Contains((Model, nameof(StatusCode.Ok)), measured);
    }

    private static async Task<Transport.Wire.Tests.Support.FrameImage> RunAsync(ScriptedServer server, CamshaftClient client)
    {
        var open = client.OpenModelAsync(Model).AsTask();
        var connection = await server.AcceptAsync();
        await connection.OpenAsync();
        var task = (await open).InferAsync(InferenceInput.Create("in", new byte[1])).AsTask();
        var infer = await connection.ReceiveAsync(FrameKind.Infer);
        await connection.AnswerAsync(infer);
        (await task).Dispose();
        return infer;
    }
}
