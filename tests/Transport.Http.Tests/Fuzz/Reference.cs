using System.Globalization;
using System.Text.Json;
using Camshaft.Backends;
using Camshaft.Testing;
using static Camshaft.Transport.Http.Tests.Fuzz.RefusedException;

namespace Camshaft.Transport.Http.Tests.Fuzz;

/// <summary>
/// Says what should become of a request, slowly: the whole body at hand, a document of it, one rule after the other as the
/// protocol has them.
/// </summary>
internal static class Reference
{
    private const int DepthLimit = 128;
    private const int MostUnknownMembers = 32;

    public static Expectation Judge(FuzzCase request)
    {
        try
        {
            return new Expectation(Read(request));
        }
        catch (Exception exception) when (exception is RefusedException or JsonException or InvalidOperationException)
        {
            // The last is the document's word for text that is no Unicode.
            return new Expectation(null, exception.Message);
        }
    }

    private static TestTensor[] Read(FuzzCase request)
    {
        var body = request.Body;
        var length = (long)body.Length;
        ThrowIf(request.HeaderLength is not null && !long.TryParse(request.HeaderLength, NumberStyles.None, CultureInfo.InvariantCulture, out length), "header length");
        ThrowIf(length > body.Length, "header length beyond the body");
        var signature = request.Model.Signature!;
        if (request.HeaderLength is not null && length == 0)
        {
            ThrowIf(!request.HasLength || signature.Inputs.Count != 1, "raw");
            return [RawTensor(signature.Inputs[0], body)];
        }

        using var document = JsonDocument.Parse(body.AsMemory(0, (int)length), new JsonDocumentOptions { MaxDepth = DepthLimit });
        var root = Members(document.RootElement, "id", "parameters", "inputs", "outputs");
        ThrowIf(root.TryGetValue("id", out var id) && id.GetString() is null, "id");
        CheckParameters(root);
        ThrowIf(!root.TryGetValue("inputs", out var inputs) || inputs.ValueKind != JsonValueKind.Array, "inputs");
        CheckOutputs(root, signature);

        var tail = body.AsSpan((int)length);
        var tensors = new TestTensor?[signature.Inputs.Count];
        foreach (var input in inputs.EnumerateArray())
        {
            var members = Members(input, "name", "datatype", "shape", "data", "parameters");
            var index = signature.Inputs.ToList().FindIndex(spec => spec.Name == Required(members, "name").GetString());
            ThrowIf(index < 0 || tensors[index] is not null, "unknown or double input");
            tensors[index] = ReferenceTensor.Read(signature.Inputs[index], members, ref tail);
        }

        ThrowIf(tensors.Contains(null), "missing input");
        ThrowIf(tail.Length > 0, "surplus");
        return tensors!;
    }

    /// <summary>An object's members by name; none of them twice, and few that are not known.</summary>
    public static Dictionary<string, JsonElement> Members(JsonElement element, params string[] known)
    {
        ThrowIf(element.ValueKind != JsonValueKind.Object, "no object");
        var members = new Dictionary<string, JsonElement>();
        foreach (var member in element.EnumerateObject())
        {
            ThrowIf(!members.TryAdd(member.Name, member.Value), "twice");
        }

        ThrowIf(members.Keys.Except(known).Count() > MostUnknownMembers, "too many unknown");
        return members;
    }

    public static JsonElement Required(Dictionary<string, JsonElement> members, string name)
    {
        ThrowIf(!members.TryGetValue(name, out var value), $"no {name}");
        return value;
    }

    private static TestTensor RawTensor(TensorSpec spec, byte[] body)
    {
        if (spec.DataType == DataType.Bytes)
        {
            return TestTensor.OfBytes([1], body);
        }

        ThrowIf(body.Length % spec.DataType.ByteSize != 0, "raw size");
        return new TestTensor(spec.DataType, new Shape(body.Length / spec.DataType.ByteSize), body);
    }

    private static void CheckParameters(Dictionary<string, JsonElement> root)
    {
        if (!root.TryGetValue("parameters", out var element))
        {
            return;
        }

        foreach (var (name, value) in Members(element, "binary_data_output", "priority", "timeout", "sequence_id"))
        {
            var isRight = name switch
            {
                "binary_data_output" => value.ValueKind is JsonValueKind.True or JsonValueKind.False,
                "priority" or "timeout" => value.ValueKind == JsonValueKind.Number && value.TryGetUInt64(out _),
                "sequence_id" => value.ValueKind == JsonValueKind.String ? value.GetString()!.Length == 0 : value.ValueKind == JsonValueKind.Number && value.TryGetUInt64(out var id) && id == 0,
                _ => value.ValueKind is JsonValueKind.String or JsonValueKind.Number or JsonValueKind.True or JsonValueKind.False,
            };
            ThrowIf(!isRight, $"parameter {name}");
        }
    }

    private static void CheckOutputs(Dictionary<string, JsonElement> root, ModelSignature signature)
    {
        if (!root.TryGetValue("outputs", out var outputs))
        {
            return;
        }

        ThrowIf(outputs.ValueKind != JsonValueKind.Array, "outputs");
        var names = new HashSet<string>();
        foreach (var output in outputs.EnumerateArray())
        {
            var members = Members(output, "name", "parameters");
            var name = Required(members, "name").GetString()!;
            ThrowIf(signature.Outputs.All(spec => spec.Name != name) || !names.Add(name), "unknown or double output");
            var parameters = members.TryGetValue("parameters", out var element) ? Members(element, "binary_data") : [];
            ThrowIf(parameters.ContainsKey("classification") || parameters.ContainsKey("shared_memory_region"), "not offered");
            ThrowIf(parameters.TryGetValue("binary_data", out var binary) && binary.ValueKind is not (JsonValueKind.True or JsonValueKind.False), "binary_data");
        }
    }
}
