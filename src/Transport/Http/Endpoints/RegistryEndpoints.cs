using System.Text.Json.Nodes;
using Camshaft.Engine;
using Camshaft.Transport.Http.Describing;
using Microsoft.AspNetCore.Http;

namespace Camshaft.Transport.Http.Endpoints;

/// <summary>What there is, for people and for tools: every model with its schemas, and the server's calls as an OpenAPI document and as a page.</summary>
internal sealed class RegistryEndpoints(InferenceEngine engine, MetadataEndpoints metadata)
{
    private static readonly Lazy<byte[]> Page = new(ReadPage);

    public Task ListAsync(HttpContext context)
    {
        // Also with a fault of one model directory: what the others hold is worth knowing.
        engine.Controller.TryIndex(out var entries);
        var aliases = engine.Router.Table.Aliases.ToLookup(static alias => alias.Target.ModelName, StringComparer.Ordinal);
        return JsonAnswer.WriteAsync(context, StatusCodes.Status200OK, (Entries: entries, Aliases: aliases), static (writer, state) =>
        {
            writer.WriteStartObject();
            writer.WriteStartArray("models"u8);
            foreach (var entry in state.Entries)
            {
                RegistryJson.WriteEntry(writer, entry, state.Aliases[entry.Name]);
            }

            writer.WriteEndArray();
            writer.WriteEndObject();
        });
    }

    public async Task SchemaAsync(HttpContext context)
    {
        var version = await metadata.FindKnownAsync(context, ModelRoute.Of(context, engine)).ConfigureAwait(false);
        var title = $"{version.ModelName} version {version.Number}";
        await WriteAsync(context, new JsonObject
        {
            ["model_name"] = version.ModelName,
            ["model_version"] = $"{version.Number}",
            ["request"] = ModelSchema.CreateRequest(version.Signature!, title),
            ["response"] = ModelSchema.CreateAnswer(version.Signature!, title),
        }).ConfigureAwait(false);
    }

    public Task OpenApiAsync(HttpContext context) => WriteAsync(context, OpenApiDocument.Create(engine.Models.List(), MetadataEndpoints.ServerVersion));

    public async Task PageAsync(HttpContext context)
    {
        context.Response.ContentType = "text/html; charset=utf-8";

        // The page takes nothing from elsewhere, and nothing that it shows is ever read as markup.
        context.Response.Headers.ContentSecurityPolicy = "default-src 'none'; style-src 'unsafe-inline'; script-src 'unsafe-inline'; connect-src 'self'; base-uri 'none'; frame-ancestors 'none'";
        context.Response.Headers.XContentTypeOptions = "nosniff";
        context.Response.ContentLength = Page.Value.Length;
        await context.Response.Body.WriteAsync(Page.Value, context.RequestAborted).ConfigureAwait(false);
    }

    private static Task WriteAsync(HttpContext context, JsonObject document) =>
        JsonAnswer.WriteAsync(context, StatusCodes.Status200OK, document, static (writer, document) => document.WriteTo(writer));

    private static byte[] ReadPage()
    {
        using var stream = typeof(RegistryEndpoints).Assembly.GetManifestResourceStream("docs.html")!;
        var page = new byte[stream.Length];
        stream.ReadExactly(page);
        return page;
    }
}
