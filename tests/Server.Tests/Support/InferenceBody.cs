using System.Text;
using System.Text.Json.Nodes;
using Camshaft.Backends;
using Camshaft.Testing;

namespace Camshaft.Server.Tests.Support;

/// <summary>The bodies of KServe V2's infer call, written and read the plain way.</summary>
internal static class InferenceBody
{
    public const string HeaderLength = "Inference-Header-Content-Length";

    /// <summary>Writes a request with the tensors as JSON, or as binary tensor data after it.</summary>
    /// <param name="inputs">The tensors.</param>
    /// <param name="binary">Whether they, and the outputs, travel in binary form.</param>
    /// <param name="timeoutMicroseconds">The request's timeout; null = none.</param>
    /// <param name="id">The request's id, which its answer repeats; null = none.</param>
    /// <returns>The body, and the length of its JSON part where there is another.</returns>
    public static (byte[] Body, int? HeaderLength) Create(IReadOnlyDictionary<string, TestTensor> inputs, bool binary, int? timeoutMicroseconds = null, string? id = null)
    {
        var parameters = new JsonObject { ["binary_data_output"] = binary };
        if (timeoutMicroseconds is { } timeout)
        {
            parameters["timeout"] = timeout;
        }

        var header = new JsonObject
        {
            ["inputs"] = new JsonArray([.. inputs.Select(input => Describe(input.Key, input.Value, binary))]),
            ["parameters"] = parameters,
        };
        if (id is not null)
        {
            header["id"] = id;
        }

        var headerBytes = Encoding.UTF8.GetBytes(header.ToJsonString());
        return binary ? ([.. headerBytes, .. inputs.Values.SelectMany(static tensor => tensor.Data)], headerBytes.Length) : (headerBytes, null);
    }

    /// <summary>Reads the outputs of an answer.</summary>
    /// <param name="body">The answer's body.</param>
    /// <param name="headerLength">The length of its JSON part.</param>
    public static IReadOnlyDictionary<string, TestTensor> ReadOutputs(ReadOnlySpan<byte> body, int headerLength)
    {
        var header = JsonNode.Parse(body[..headerLength])!;
        var tail = body[headerLength..];
        var outputs = new Dictionary<string, TestTensor>();
        foreach (var output in header["outputs"]!.AsArray())
        {
            Assert.True(DataTypes.TryParse((string)output!["datatype"]!, out var dataType));
            var shape = new Shape([.. output["shape"]!.AsArray().Select(static length => (long)length!)]);
            var byteSize = (int?)output["parameters"]?["binary_data_size"];
            var data = byteSize is { } size ? tail[..size].ToArray() : JsonTensor.FromJson(dataType, output["data"]!.AsArray());
            tail = tail[(byteSize ?? 0)..];
            outputs.Add((string)output["name"]!, new TestTensor(dataType, shape, data));
        }

        Assert.Equal(0, tail.Length);
        return outputs;
    }

    private static JsonObject Describe(string name, TestTensor tensor, bool binary)
    {
        var description = new JsonObject
        {
            ["name"] = name,
            ["datatype"] = tensor.DataType.Name,
            ["shape"] = new JsonArray([.. tensor.Shape.Dimensions.ToArray().Select(static length => JsonValue.Create(length))]),
        };
        if (binary)
        {
            description["parameters"] = new JsonObject { ["binary_data_size"] = tensor.Data.Length };
        }
        else
        {
            description["data"] = JsonTensor.ToJson(tensor);
        }

        return description;
    }
}
