using System.Buffers;
using System.Text.Json;
using Camshaft.Engine.Alerts;

namespace Camshaft.Alerting.Delivery;

/// <summary>
/// What Alertmanager is told: all that fires, again and again with an end in the future that moves on, and what was resolved
/// lately with the end that it had. So nothing is lost that an earlier message may have said.
/// </summary>
internal sealed class AlertmanagerFormat(AlertmanagerOptions options, Uri? serverUrl, TimeProvider timeProvider) : IAlertFormat
{
    // As Prometheus does it: one message may be lost, or two, without an end to the alert.
    private const int IntervalsToEnd = 4;

    private readonly Uri _address = new(options.Url.ToString().TrimEnd('/') + "/api/v2/alerts");
    private DateTimeOffset _nextAt = DateTimeOffset.MinValue;

    public string Kind => "alertmanager";

    public int QueueLimit => 1;

    public bool IsCumulative => true;

    public IReadOnlyList<Alert> Choose(IReadOnlyList<Alert> changed, AlertBoard board)
    {
        var now = timeProvider.GetUtcNow();
        if (now < _nextAt && !changed.Any(options.Filter.Takes))
        {
            return [];
        }

        _nextAt = now + options.ResendInterval;
        return [.. board.Active.Where(static alert => alert.State == AlertState.Firing).Concat(board.Resolved).Where(options.Filter.Takes)];
    }

    public HttpRequestMessage Write(IReadOnlyList<Alert> alerts, Guid messageId)
    {
        var body = new ArrayBufferWriter<byte>(4096);
        using (var writer = new Utf8JsonWriter(body))
        {
            writer.WriteStartArray();
            foreach (var alert in alerts)
            {
                Write(writer, alert);
            }

            writer.WriteEndArray();
        }

        return new HttpRequestMessage(HttpMethod.Post, _address) { Content = JsonBody.Create(body.WrittenMemory) };
    }

    private void Write(Utf8JsonWriter writer, Alert alert)
    {
        writer.WriteStartObject();
        writer.WriteStartObject("labels"u8);
        foreach (var (name, value) in alert.Labels)
        {
            writer.WriteString(name, value);
        }

        writer.WriteEndObject();
        writer.WriteStartObject("annotations"u8);
        writer.WriteString("summary"u8, alert.Summary);
        writer.WriteString("description"u8, alert.Description);
        if (alert.Causes.Count > 0)
        {
            writer.WriteString("causes"u8, AlertText.Describe(alert.Causes));
        }

        if (alert.Examples.Count > 0)
        {
            writer.WriteString("traces"u8, string.Join(' ', alert.Examples.Select(static example => example.TraceId)));
        }

        writer.WriteEndObject();
        writer.WriteString("startsAt"u8, alert.FiringSince ?? alert.StartsAt);
        writer.WriteString("endsAt"u8, alert.EndsAt ?? timeProvider.GetUtcNow() + (options.ResendInterval * IntervalsToEnd));
        if (serverUrl is not null)
        {
            writer.WriteString("generatorURL"u8, serverUrl.ToString());
        }

        writer.WriteEndObject();
    }
}
