using System.Text.Json.Nodes;
using Camshaft.Engine.Models;

namespace Camshaft.Transport.Http.Describing;

/// <summary>The server's calls as an OpenAPI 3.1 document: those that there always are, and each loaded model's with its own schemas.</summary>
internal static class OpenApiDocument
{
    // By path and method: what it does, and the right that it needs.
    private static readonly (string Method, string Path, string Tag, string Summary, string Right)[] Calls =
    [
        ("get", "/v2", "server", "Name, version and extensions of the server", "observe"),
        ("get", "/v2/health/live", "server", "Whether the server works", "none"),
        ("get", "/v2/health/ready", "server", "Whether its initial loads have ended and no stop has begun", "none"),
        ("get", "/v2/models", "registry", "Every model with versions, state, device, signature, objective, tags, owner and description", "observe"),
        ("get", "/v2/models/{model}", "registry", "A model's metadata; an alias is followed", "observe"),
        ("get", "/v2/models/{model}/ready", "registry", "Whether a model takes requests", "observe"),
        ("get", "/v2/models/{model}/config", "registry", "A model's configuration, as Triton has it", "observe"),
        ("get", "/v2/models/{model}/schema", "registry", "JSON schemas of a model's requests and answers", "observe"),
        ("post", "/v2/models/{model}/infer", "inference", "Runs a request at a model or an alias", "infer"),
        ("post", "/v2/models/{model}/versions/{version}/infer", "inference", "Runs a request at a version, or at an alias of the model", "infer"),
        ("post", "/v2/infer", "inference", "Runs a request at the model that the rules find", "infer"),
        ("get", "/v2/route", "routing", "The rules and aliases that hold", "observe"),
        ("post", "/v2/route/explain", "routing", "Which rule would take a request, and what the others miss", "observe"),
        ("post", "/v2/route/reload", "routing", "Takes over what the files say now", "manage"),
        ("get", "/v2/aliases", "routing", "The aliases and what they stand for", "observe"),
        ("post", "/v2/aliases/{alias}", "routing", "Lets an alias stand for a target that is ready", "manage"),
        ("post", "/v2/aliases/{alias}/remove", "routing", "Removes an alias that a call has set", "manage"),
        ("post", "/v2/repository/index", "repository", "The models of the repository", "observe"),
        ("post", "/v2/repository/models/{model}/load", "repository", "Loads a model", "manage"),
        ("post", "/v2/repository/models/{model}/unload", "repository", "Unloads a model", "manage"),
        ("post", "/v2/repository/models/{model}/warm", "repository", "Runs a model's samples again", "manage"),
    ];

    private static readonly string[] BodyTypes = ["application/json", "application/octet-stream", "application/x-npy"];

    /// <summary>Makes it.</summary>
    /// <param name="models">The models.</param>
    /// <param name="serverVersion">The server's version.</param>
    public static JsonObject Create(IReadOnlyList<ModelEntry> models, string serverVersion)
    {
        var paths = new JsonObject();
        foreach (var call in Calls)
        {
            var operations = paths[call.Path]?.AsObject() ?? [];
            operations[call.Method] = CreateOperation(call.Method, call.Path, call.Tag, call.Summary, call.Right);
            paths[call.Path] = operations.Parent is null ? operations : operations.DeepClone();
        }

        foreach (var version in models.Select(static entry => entry.HighestReady).OfType<ModelVersion>().Where(static version => version.Signature is not null))
        {
            paths[$"/v2/models/{Uri.EscapeDataString(version.ModelName)}/infer"] = CreateModelPath(version);
        }

        return new JsonObject
        {
            ["openapi"] = "3.1.0",
            ["info"] = new JsonObject { ["title"] = "Camshaft", ["version"] = serverVersion, ["description"] = "Inference for many models: KServe V2 with Triton's extensions, routing and a registry." },
            ["paths"] = paths,
            ["components"] = new JsonObject
            {
                ["securitySchemes"] = new JsonObject
                {
                    ["bearer"] = new JsonObject { ["type"] = "http", ["scheme"] = "bearer" },
                    ["key"] = new JsonObject { ["type"] = "apiKey", ["in"] = "header", ["name"] = "X-Api-Key" },
                },
                ["schemas"] = new JsonObject
                {
                    ["Error"] = new JsonObject { ["type"] = "object", ["properties"] = new JsonObject { ["error"] = new JsonObject { ["type"] = "string" } }, ["required"] = new JsonArray("error") },
                },
            },
        };
    }

    private static JsonObject CreateModelPath(ModelVersion version)
    {
        var title = $"{version.ModelName} version {version.Number}";
        var operation = CreateOperation("post", "", "models", version.Configuration.Description ?? $"Runs a request at {version.ModelName}", "infer");
        operation["requestBody"] = new JsonObject { ["required"] = true, ["content"] = new JsonObject { ["application/json"] = new JsonObject { ["schema"] = ModelSchema.CreateRequest(version.Signature!, title) } } };
        operation["responses"]!["200"]!["content"] = new JsonObject { ["application/json"] = new JsonObject { ["schema"] = ModelSchema.CreateAnswer(version.Signature!, title) } };
        return new JsonObject { ["post"] = operation };
    }

    private static JsonObject CreateOperation(string method, string path, string tag, string summary, string right)
    {
        var operation = new JsonObject { ["tags"] = new JsonArray(tag), ["summary"] = summary };
        var parameters = new JsonArray();
        foreach (var name in path.Split('/').Where(static part => part.StartsWith('{')))
        {
            parameters.Add(new JsonObject { ["name"] = name.Trim('{', '}'), ["in"] = "path", ["required"] = true, ["schema"] = new JsonObject { ["type"] = "string" } });
        }

        if (parameters.Count > 0)
        {
            operation["parameters"] = parameters;
        }

        if (method == "post" && path.Length > 0)
        {
            var content = new JsonObject();
            foreach (var type in path.EndsWith("/infer", StringComparison.Ordinal) ? BodyTypes : BodyTypes.Take(1))
            {
                content[type] = new JsonObject();
            }

            operation["requestBody"] = new JsonObject { ["content"] = content };
        }

        operation["responses"] = new JsonObject
        {
            ["200"] = new JsonObject { ["description"] = "Done" },
            ["default"] = new JsonObject
            {
                ["description"] = "Why it was refused or failed",
                ["content"] = new JsonObject { ["application/json"] = new JsonObject { ["schema"] = new JsonObject { ["$ref"] = "#/components/schemas/Error" } } },
            },
        };
        if (right != "none")
        {
            operation["description"] = $"Needs the right {right}.";
            operation["security"] = new JsonArray(new JsonObject(), new JsonObject { ["bearer"] = new JsonArray() }, new JsonObject { ["key"] = new JsonArray() });
        }

        return operation;
    }
}
