using System.Globalization;
using System.Reflection;
using System.Text.Json;
using Camshaft.Backends;
using Camshaft.Engine;
using Camshaft.Engine.Models;
using Camshaft.Transport.Http.Describing;
using Microsoft.AspNetCore.Http;

namespace Camshaft.Transport.Http.Endpoints;

/// <summary>What the server and its models say of themselves.</summary>
internal sealed class MetadataEndpoints(InferenceEngine engine, HttpTransportOptions options)
{
    // What works, by the names that Triton's documents give it.
    private static readonly string[] Extensions = ["model_repository", "model_configuration", "binary_tensor_data", "parameters", "statistics"];

    /// <summary>The server's version.</summary>
    public static string ServerVersion { get; } =
        (typeof(MetadataEndpoints).Assembly.GetCustomAttribute<AssemblyInformationalVersionAttribute>()?.InformationalVersion ?? "0").Split('+')[0];

    public Task ServerAsync(HttpContext context) => JsonAnswer.WriteAsync(context, StatusCodes.Status200OK, 0, static (writer, _) =>
    {
        writer.WriteStartObject();
        writer.WriteString("name"u8, "camshaft");
        writer.WriteString("version"u8, ServerVersion);
        writer.WriteStartArray("extensions"u8);
        foreach (var extension in Extensions)
        {
            writer.WriteStringValue(extension);
        }

        writer.WriteEndArray();
        writer.WriteEndObject();
    });

    public async Task ModelAsync(HttpContext context)
    {
        var route = ModelRoute.Of(context, engine);
        var version = await FindKnownAsync(context, route).ConfigureAwait(false);
        IReadOnlyList<ModelVersion> versions = route.Version < 0
            ? [.. engine.Models.List().First(entry => entry.Name == route.Name).Versions.Where(static known => known.State is ModelState.Ready or ModelState.Standby)]
            : [version];
        await JsonAnswer.WriteAsync(context, StatusCodes.Status200OK, (version, versions), static (writer, state) => WriteModel(writer, state.version, state.versions)).ConfigureAwait(false);
    }

    public async Task ConfigAsync(HttpContext context)
    {
        var version = await FindKnownAsync(context, ModelRoute.Of(context, engine)).ConfigureAwait(false);
        version.MeasureFootprint();
        await JsonAnswer.WriteAsync(context, StatusCodes.Status200OK, version, ModelConfigJson.Write).ConfigureAwait(false);
    }

    /// <summary>Finds a version whose signature is known: from memory, from when it was there, or, where it never was, by having it loaded.</summary>
    public async ValueTask<ModelVersion> FindKnownAsync(HttpContext context, ModelRoute route)
    {
        var version = route.Find(engine.Models);
        if (version is { State: ModelState.Standby, Signature: null })
        {
            InvalidRequestException.ThrowIfFailed(await engine.WaitForModelAsync(route.Name, route.Version, options.RequestTimeout, context.RequestAborted).ConfigureAwait(false));
            version = route.Find(engine.Models);
        }

        return version is { State: ModelState.Ready or ModelState.Standby, Signature: not null }
            ? version
            : throw new InvalidRequestException(new InferenceStatus(StatusCode.Unavailable, $"{version} is not ready: {version.Reason ?? version.State.ToString().ToLowerInvariant()}."));
    }

    private static void WriteModel(Utf8JsonWriter writer, ModelVersion model, IReadOnlyList<ModelVersion> versions)
    {
        writer.WriteStartObject();
        writer.WriteString("name"u8, model.ModelName);
        writer.WriteStartArray("versions"u8);
        foreach (var version in versions)
        {
            writer.WriteStringValue(version.Number.ToString(CultureInfo.InvariantCulture));
        }

        writer.WriteEndArray();
        writer.WriteString("platform"u8, model.Platform);
        TensorsJson.Write(writer, "inputs", model.Signature!.Inputs, tellsOptional: false);
        TensorsJson.Write(writer, "outputs", model.Signature.Outputs, tellsOptional: false);
        writer.WriteEndObject();
    }
}
