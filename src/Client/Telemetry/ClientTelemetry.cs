using System.Diagnostics;
using System.Diagnostics.Metrics;
using Camshaft.Backends;
using Camshaft.Client.Requests;

namespace Camshaft.Client.Telemetry;

/// <summary>A client's meter and the source of its activities, both named <c>Camshaft.Client</c>. Costs nothing while nobody listens. Any thread; ends with the client.</summary>
internal sealed class ClientTelemetry : IDisposable
{
    private const string Name = "Camshaft.Client";

    private static readonly ActivitySource Activities = new(Name);
    private static readonly string[] CodeNames = Enum.GetNames<StatusCode>();

    private readonly Meter _meter;
    private readonly bool _ownsMeter;
    private readonly TimeProvider _timeProvider;
    private readonly Histogram<double> _duration;
    private readonly Counter<long> _retries;
    private readonly UpDownCounter<long> _connections;

    public ClientTelemetry(CamshaftClientOptions options)
    {
        _timeProvider = options.TimeProvider;
        _ownsMeter = options.MeterFactory is null;
        _meter = options.MeterFactory?.Create(new MeterOptions(Name)) ?? new Meter(Name);
        _duration = _meter.CreateHistogram<double>("camshaft.client.request.duration", "s", "From the call to its end, retries included.");
        _retries = _meter.CreateCounter<long>("camshaft.client.retries", "{retry}", "Requests that were sent once more.");
        _connections = _meter.CreateUpDownCounter<long>("camshaft.client.connections", "{connection}", "Connections that are open.");
    }

    /// <summary>Begins a request.</summary>
    /// <returns>The context that the server is told: that of an activity of ours where one is wanted, else the caller's.</returns>
    public static (Activity? Activity, TraceContext Context) StartActivity(string model)
    {
        var caller = Activity.Current;
        var activity = Activities.HasListeners() ? Activities.StartActivity($"infer {model}", ActivityKind.Client) : null;

        // It goes on beside the caller, whose own activity stays the current one.
        Activity.Current = caller;
        return (activity, TraceContext.Of(activity ?? caller));
    }

    /// <summary>Ends a request.</summary>
    public void End(string model, long startedAt, in InferenceStatus status, Activity? activity)
    {
        var code = CodeNames[(int)status.Code];
        if (_duration.Enabled)
        {
            _duration.Record(_timeProvider.GetElapsedTime(startedAt).TotalSeconds, new KeyValuePair<string, object?>("model", model), new KeyValuePair<string, object?>("code", code));
        }

        if (activity is not null)
        {
            activity.SetTag("camshaft.model", model);
            activity.SetTag("camshaft.code", code);
            activity.SetStatus(status.IsOk ? ActivityStatusCode.Ok : ActivityStatusCode.Error, status.IsOk ? null : status.Message);
            activity.Dispose();
        }
    }

    public void CountRetry(string model) => _retries.Add(1, new KeyValuePair<string, object?>("model", model));

    public void CountConnection(string endpoint, int change) => _connections.Add(change, new KeyValuePair<string, object?>("endpoint", endpoint));

    public void Dispose()
    {
        if (_ownsMeter)
        {
            _meter.Dispose();
        }
    }
}
