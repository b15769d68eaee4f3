using System.Text.Json;
using Camshaft.Engine.Alerts;
using Microsoft.AspNetCore.Http;

namespace Camshaft.Transport.Http.Endpoints;

/// <summary>How models keep their objectives, and the alerts that there are.</summary>
internal sealed class AlertEndpoints(IAlertBoard board, IEnumerable<IAlertRoute> routes)
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

    public Task AlertsAsync(HttpContext context) => JsonAnswer.WriteAsync(context, StatusCodes.Status200OK, (Board: board.Current, Routes: routes), static (writer, state) =>
    {
        writer.WriteStartObject();
        writer.WriteString("time"u8, state.Board.Time);
        WriteAlerts(writer, "active", state.Board.Active);
        WriteAlerts(writer, "resolved", state.Board.Resolved);
        writer.WriteNumber("left_out"u8, state.Board.LeftOut);
        writer.WriteStartArray("routes"u8);
        foreach (var route in state.Routes)
        {
            Write(writer, route.Status);
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
