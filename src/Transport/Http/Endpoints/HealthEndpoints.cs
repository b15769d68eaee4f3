using Camshaft.Backends;
using Camshaft.Engine;
using Camshaft.Engine.Models;
using Microsoft.AspNetCore.Http;

namespace Camshaft.Transport.Http.Endpoints;

/// <summary>
/// Health. Triton's clients look at the status alone, KServe's at the body; both get what they look at. What is not so is
/// told by 503, which load balancers and Kubernetes understand.
/// </summary>
internal sealed class HealthEndpoints(InferenceEngine engine)
{
    public Task LiveAsync(HttpContext context) => WriteAsync(context, "live", engine.IsLive);

    public Task ReadyAsync(HttpContext context) => WriteAsync(context, "ready", engine.IsReady);

    public Task ModelReadyAsync(HttpContext context)
    {
        var route = ModelRoute.Of(context, engine);
        var version = route.Find(engine.Models);

        // On standby a model answers too: its next request waits for a load, and no client has to.
        if (version.State is ModelState.Ready or ModelState.Standby)
        {
            return JsonAnswer.WriteAsync(context, StatusCodes.Status200OK, version, static (writer, version) =>
            {
                writer.WriteStartObject();
                writer.WriteString("name"u8, version.ModelName);
                writer.WriteBoolean("ready"u8, true);
                writer.WriteEndObject();
            });
        }

        return ErrorAnswer.WriteAsync(
            context,
            new InferenceStatus(StatusCode.Unavailable, $"{version} is not ready: {version.Reason ?? version.State.ToString().ToLowerInvariant()}."));
    }

    private static Task WriteAsync(HttpContext context, string name, bool value) => JsonAnswer.WriteAsync(
        context,
        value ? StatusCodes.Status200OK : StatusCodes.Status503ServiceUnavailable,
        (name, value),
        static (writer, state) =>
        {
            writer.WriteStartObject();
            writer.WriteBoolean(state.name, state.value);
            writer.WriteEndObject();
        });
}
