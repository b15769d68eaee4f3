using System.Buffers;
using System.Text.Json;
using Camshaft.Engine.Alerts;

namespace Camshaft.Alerting.Delivery;

/// <summary>
/// A webhook's messages: the form that Alertmanager gives to its own, so that what takes those takes ours, with what burns a
/// budget and example traces beside. See <c>docs/alerts.md</c>.
/// </summary>
internal sealed class WebhookFormat(WebhookOptions options, Uri? serverUrl, TimeProvider timeProvider) : IAlertFormat
{
    public string Kind => "webhook";

    public int QueueLimit => 256;

    public bool IsCumulative => false;

    public IReadOnlyList<Alert> Choose(IReadOnlyList<Alert> changed, AlertBoard board) => [.. changed.Where(options.Filter.Takes)];

    public HttpRequestMessage Write(IReadOnlyList<Alert> alerts, Guid messageId)
    {
        var body = WriteBody(alerts);
        var request = new HttpRequestMessage(HttpMethod.Post, options.Url) { Content = JsonBody.Create(body) };
        if (options.Secret is { } secret)
        {
            WebhookSignature.Sign(request, body, messageId, timeProvider.GetUtcNow(), secret.Span);
        }

        return request;
    }

    private ReadOnlyMemory<byte> WriteBody(IReadOnlyList<Alert> alerts)
    {
        var body = new ArrayBufferWriter<byte>(4096);
        using var writer = new Utf8JsonWriter(body);
        writer.WriteStartObject();
        writer.WriteString("version"u8, "4"u8);
        writer.WriteString("groupKey"u8, "camshaft"u8);
        writer.WriteNumber("truncatedAlerts"u8, 0);
        writer.WriteString("status"u8, alerts.Any(static alert => alert.State == AlertState.Firing) ? "firing"u8 : "resolved"u8);
        writer.WriteString("receiver"u8, options.Name);
        WriteObject(writer, "groupLabels", []);
        WriteObject(writer, "commonLabels", alerts[0].Labels.Where(label => alerts.All(alert => alert.Labels.Contains(label))));
        WriteObject(writer, "commonAnnotations", []);
        writer.WriteString("externalURL"u8, serverUrl?.ToString() ?? "");
        writer.WriteStartArray("alerts"u8);
        foreach (var alert in alerts)
        {
            AlertJson.Write(writer, alert);
        }

        writer.WriteEndArray();
        writer.WriteEndObject();
        writer.Flush();
        return body.WrittenMemory;
    }

    private static void WriteObject(Utf8JsonWriter writer, string name, IEnumerable<KeyValuePair<string, string>> members)
    {
        writer.WriteStartObject(name);
        foreach (var (key, value) in members)
        {
            writer.WriteString(key, value);
        }

        writer.WriteEndObject();
    }
}
