using System.Globalization;
using System.Text.Json;
using Camshaft.Backends;
using Camshaft.Engine;
using Camshaft.Engine.Models;
using Microsoft.AspNetCore.Http;

namespace Camshaft.Transport.Http.Endpoints;

/// <summary>Triton's model repository extension: what there is, load, unload. And beside it, in its form: warm up again.</summary>
internal sealed class RepositoryEndpoints(InferenceEngine engine)
{
    public async Task IndexAsync(HttpContext context)
    {
        using var body = await JsonBody.ReadAsync(context).ConfigureAwait(false);
        var onlyReady = body is not null && body.RootElement.TryGetProperty("ready", out var ready) && ready.ValueKind switch
        {
            JsonValueKind.True => true,
            JsonValueKind.False => false,
            _ => throw new InvalidRequestException("The member 'ready' of a repository index request is true or false."),
        };

        // What is ready, the server knows without a look at the repository.
        var status = engine.Controller.TryIndex(out var entries);
        if (!onlyReady)
        {
            InvalidRequestException.ThrowIfFailed(status);
        }

        await JsonAnswer.WriteAsync(context, StatusCodes.Status200OK, (Entries: entries, onlyReady), static (writer, state) =>
        {
            writer.WriteStartArray();
            foreach (var entry in state.Entries)
            {
                WriteEntry(writer, entry, state.onlyReady);
            }

            writer.WriteEndArray();
        }).ConfigureAwait(false);
    }

    public async Task LoadAsync(HttpContext context)
    {
        using var body = await JsonBody.ReadAsync(context).ConfigureAwait(false);
        if (FindParameters(body) is { } parameters && parameters.EnumerateObject().FirstOrDefault() is { Value.ValueKind: not JsonValueKind.Undefined } first)
        {
            throw new InvalidRequestException(new InferenceStatus(StatusCode.Unsupported, $"The load parameter '{first.Name}' is not supported; models load from the repository as they are."));
        }

        var name = (string)context.Request.RouteValues["model"]!;
        InvalidRequestException.ThrowIfFailed(await engine.Controller.LoadAsync(name, context.RequestAborted).ConfigureAwait(false));
        context.Response.StatusCode = StatusCodes.Status200OK;
    }

    public async Task UnloadAsync(HttpContext context)
    {
        using var body = await JsonBody.ReadAsync(context).ConfigureAwait(false);
        FindParameters(body);
        var name = (string)context.Request.RouteValues["model"]!;
        InvalidRequestException.ThrowIfFailed(await engine.Controller.UnloadAsync(name, context.RequestAborted).ConfigureAwait(false));
        context.Response.StatusCode = StatusCodes.Status200OK;
    }

    public async Task WarmAsync(HttpContext context)
    {
        using var body = await JsonBody.ReadAsync(context).ConfigureAwait(false);
        FindParameters(body);
        var name = (string)context.Request.RouteValues["model"]!;
        var (status, versions) = await engine.Controller.WarmAsync(name, context.RequestAborted).ConfigureAwait(false);
        InvalidRequestException.ThrowIfFailed(status);
        await JsonAnswer.WriteAsync(context, StatusCodes.Status200OK, (Name: name, Versions: versions), static (writer, state) =>
        {
            writer.WriteStartObject();
            writer.WriteString("model_name"u8, state.Name);
            writer.WriteStartArray("versions"u8);
            foreach (var version in state.Versions)
            {
                WriteRunTimes(writer, version);
            }

            writer.WriteEndArray();
            writer.WriteEndObject();
        }).ConfigureAwait(false);
    }

    private static void WriteRunTimes(Utf8JsonWriter writer, ModelVersion version)
    {
        writer.WriteStartObject();
        writer.WriteString("version"u8, version.Number.ToString(CultureInfo.InvariantCulture));
        writer.WriteStartArray("run_times"u8);
        foreach (var cost in version.RunCosts)
        {
            writer.WriteStartObject();
            writer.WriteNumber("rows"u8, cost.Rows);
            writer.WriteNumber("cpu_us"u8, Math.Round(cost.Cpu.TotalMicroseconds, 1));
            writer.WriteNumber("wall_us"u8, Math.Round(cost.Wall.TotalMicroseconds, 1));
            writer.WriteEndObject();
        }

        writer.WriteEndArray();
        writer.WriteEndObject();
    }

    private static void WriteEntry(Utf8JsonWriter writer, ModelEntry entry, bool onlyReady)
    {
        if (entry.Versions.Count == 0 && !onlyReady)
        {
            writer.WriteStartObject();
            writer.WriteString("name"u8, entry.Name);
            if (entry.Reason is { } reason)
            {
                writer.WriteString("state"u8, "UNAVAILABLE");
                writer.WriteString("reason"u8, reason);
            }

            writer.WriteEndObject();
        }

        foreach (var version in entry.Versions)
        {
            if (onlyReady && version.State is not (ModelState.Ready or ModelState.Standby))
            {
                continue;
            }

            writer.WriteStartObject();
            writer.WriteString("name"u8, entry.Name);
            writer.WriteString("version"u8, version.Number.ToString(CultureInfo.InvariantCulture));
            writer.WriteString("state"u8, ToTritonState(version.State));
            writer.WriteString("reason"u8, version.Reason ?? (version.State == ModelState.Ready ? entry.Reason : null) ?? "");
            if (version.State is ModelState.Ready or ModelState.Draining)
            {
                // Beyond Triton's members; its clients pass over what they do not know.
                writer.WriteNumber("memory_bytes"u8, version.MeasureFootprint().HostByteSize);
            }

            writer.WriteEndObject();
        }
    }

    private static string ToTritonState(ModelState state) => state switch
    {
        ModelState.Loading or ModelState.Warming => "LOADING",
        ModelState.Ready or ModelState.Standby => "READY",
        ModelState.Draining => "UNLOADING",
        ModelState.Unloaded or ModelState.Failed => "UNAVAILABLE",
        _ => "UNKNOWN",
    };

    private static JsonElement? FindParameters(JsonDocument? body)
    {
        if (body is null || !body.RootElement.TryGetProperty("parameters", out var parameters))
        {
            return null;
        }

        return parameters.ValueKind == JsonValueKind.Object ? parameters : throw new InvalidRequestException("The member 'parameters' of the body is an object.");
    }
}
