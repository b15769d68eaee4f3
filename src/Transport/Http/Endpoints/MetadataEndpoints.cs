using System.Globalization;
using System.Reflection;
using System.Text.Json;
using Camshaft.Backends;
using Camshaft.Engine;
using Camshaft.Engine.Models;
using Microsoft.AspNetCore.Http;

namespace Camshaft.Transport.Http.Endpoints;

/// <summary>What the server and its models say of themselves.</summary>
internal sealed class MetadataEndpoints(InferenceEngine engine)
{
    // What works, by the names that Triton's documents give it.
    private static readonly string[] Extensions = ["model_repository", "model_configuration", "binary_tensor_data", "parameters"];

    private static readonly string ServerVersion =
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

    public Task ModelAsync(HttpContext context)
    {
        var route = ModelRoute.Of(context);
        var version = FindLoaded(route);
        IReadOnlyList<ModelVersion> versions = route.Version < 0
            ? [.. engine.Models.List().First(entry => entry.Name == route.Name).Versions.Where(static known => known.State == ModelState.Ready)]
            : [version];
        return JsonAnswer.WriteAsync(context, StatusCodes.Status200OK, (version, versions), static (writer, state) => WriteModel(writer, state.version, state.versions));
    }

    public Task ConfigAsync(HttpContext context) =>
        JsonAnswer.WriteAsync(context, StatusCodes.Status200OK, FindLoaded(ModelRoute.Of(context)), ModelConfigJson.Write);

    private ModelVersion FindLoaded(ModelRoute route)
    {
        var version = route.Find(engine.Models);
        return version is { State: ModelState.Ready, Signature: not null }
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
        WriteTensors(writer, "inputs", model.Signature!.Inputs);
        WriteTensors(writer, "outputs", model.Signature.Outputs);
        writer.WriteEndObject();
    }

    private static void WriteTensors(Utf8JsonWriter writer, string name, IReadOnlyList<TensorSpec> tensors)
    {
        writer.WriteStartArray(name);
        foreach (var tensor in tensors)
        {
            writer.WriteStartObject();
            writer.WriteString("name"u8, tensor.Name);
            writer.WriteString("datatype"u8, tensor.DataType.Name);
            writer.WriteStartArray("shape"u8);
            foreach (var length in tensor.Shape.Dimensions)
            {
                writer.WriteNumberValue(length);
            }

            writer.WriteEndArray();
            writer.WriteEndObject();
        }

        writer.WriteEndArray();
    }
}
