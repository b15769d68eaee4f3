using System.Text.Json.Nodes;
using Camshaft.Backends;
using Camshaft.Transport.Http.Infer;

namespace Camshaft.Transport.Http.Describing;

/// <summary>JSON schemas (2020-12) of a model's requests and answers.</summary>
internal static class ModelSchema
{
    private const string Dialect = "https://json-schema.org/draft/2020-12/schema";

    /// <summary>What an infer request is.</summary>
    public static JsonObject CreateRequest(ModelSignature signature, string title)
    {
        var inputs = new JsonObject
        {
            ["type"] = "array",
            ["items"] = new JsonObject { ["anyOf"] = ToArray(signature.Inputs.Select(static input => TensorSchemas.CreateTensor(input, isInput: true))) },
            ["maxItems"] = signature.Inputs.Count,
            ["allOf"] = ToArray(signature.Inputs.Where(static input => !input.IsOptional).Select(static input => Contains(input.Name))),
        };
        var outputs = new JsonObject
        {
            ["type"] = "array",
            ["items"] = new JsonObject
            {
                ["type"] = "object",
                ["properties"] = new JsonObject { ["name"] = NameOf(signature.Outputs), ["parameters"] = new JsonObject { ["type"] = "object" } },
                ["required"] = new JsonArray("name"),
            },
        };
        return Create($"A request to {title}", signature.Inputs, new JsonObject
        {
            ["id"] = new JsonObject { ["type"] = "string" },
            ["parameters"] = new JsonObject { ["type"] = "object", ["additionalProperties"] = new JsonObject { ["type"] = new JsonArray("string", "number", "boolean") } },
            ["inputs"] = inputs,
            ["outputs"] = outputs,
        }, "inputs");
    }

    /// <summary>What the answer to an infer request is.</summary>
    public static JsonObject CreateAnswer(ModelSignature signature, string title) => Create($"An answer of {title}", signature.Outputs, new JsonObject
    {
        ["id"] = new JsonObject { ["type"] = "string" },
        ["model_name"] = new JsonObject { ["type"] = "string" },
        ["model_version"] = new JsonObject { ["type"] = "string" },
        ["outputs"] = new JsonObject
        {
            ["type"] = "array",
            ["items"] = new JsonObject { ["anyOf"] = ToArray(signature.Outputs.Select(static output => TensorSchemas.CreateTensor(output, isInput: false))) },
        },
    }, "model_name", "model_version", "outputs");

    private static JsonObject Create(string title, IReadOnlyList<TensorSpec> tensors, JsonObject properties, params ReadOnlySpan<string> required)
    {
        var data = new JsonObject();
        foreach (var dataType in tensors.Select(static tensor => tensor.DataType).Where(TensorDataReader.CanCarry).Distinct())
        {
            data[$"data_{dataType.Name}"] = TensorSchemas.CreateData(dataType);
        }

        var names = new JsonArray();
        foreach (var name in required)
        {
            names.Add(name);
        }

        return new JsonObject { ["$schema"] = Dialect, ["title"] = title, ["type"] = "object", ["properties"] = properties, ["required"] = names, ["$defs"] = data };
    }

    private static JsonObject Contains(string name) => new()
    {
        ["contains"] = new JsonObject { ["properties"] = new JsonObject { ["name"] = new JsonObject { ["const"] = name } }, ["required"] = new JsonArray("name") },
        ["minContains"] = 1,
        ["maxContains"] = 1,
    };

    private static JsonObject NameOf(IReadOnlyList<TensorSpec> tensors) => new() { ["enum"] = ToArray(tensors.Select(static tensor => (JsonNode)tensor.Name)) };

    private static JsonArray ToArray(IEnumerable<JsonNode> nodes) => [.. nodes];
}
