using System.Text.Json;
using Camshaft.Engine.Alerts;
using Microsoft.AspNetCore.Http;

namespace Camshaft.Transport.Http.Endpoints;

/// <summary>How models keep their objectives, and the alerts that there are.</summary>
internal sealed class AlertEndpoints(IAlertBoard board)
{
    public Task ObjectivesAsync(HttpContext context) => JsonAnswer.WriteAsync(context, StatusCodes.Status200OK, board.Current, static (writer, current) =>
    {
        writer.WriteStartObject();
        writer.WriteString("time"u8, current.Time);
        writer.WriteStartArray("models"u8);
        foreach (var model in current.Objectives)
        {
            ObjectiveJson.Write(writer, model);
        }

        writer.WriteEndArray();
        writer.WriteEndObject();
    });

    public Task AlertsAsync(HttpContext context) => JsonAnswer.WriteAsync(context, StatusCodes.Status200OK, board.Current, static (writer, current) =>
    {
        writer.WriteStartObject();
        writer.WriteString("time"u8, current.Time);
        WriteAlerts(writer, "active", current.Active);
        WriteAlerts(writer, "resolved", current.Resolved);
        writer.WriteNumber("left_out"u8, current.LeftOut);
        writer.WriteStartArray("routes"u8);
        foreach (var route in current.Routes)
        {
            Write(writer, route);
        }

        writer.WriteEndArray();
        writer.WriteEndObject();
    });

    private static void WriteAlerts(Utf8JsonWriter writer, string name, IReadOnlyList<Alert> alerts)
    {
        writer.WriteStartArray(name);
        foreach (var alert in alerts)
        {
            AlertJson.Write(writer, alert);
        }

        writer.WriteEndArray();
    }

    private static void Write(Utf8JsonWriter writer, AlertRouteStatus status)
    {
        writer.WriteStartObject();
        writer.WriteString("name"u8, status.Name);
        writer.WriteString("kind"u8, status.Kind);
        writer.WriteNumber("sent"u8, status.Sent);
        writer.WriteNumber("failed"u8, status.Failed);
        writer.WriteNumber("dropped"u8, status.Dropped);
        writer.WriteString("last_error"u8, status.LastError);
        writer.WriteEndObject();
    }
}
