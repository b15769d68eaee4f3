using System.Text;
using System.Text.Json;
using Camshaft.Backends;
using Camshaft.Engine.Routing;

namespace Camshaft.Transport.Http.Endpoints;

/// <summary>A request that somebody describes to learn where it would go: what rules look at, and no data.</summary>
internal sealed class DescribedRequest : IRouteRequest
{
    private readonly Dictionary<string, string> _headers = new(StringComparer.OrdinalIgnoreCase);
    private readonly Dictionary<string, string> _tags = new(StringComparer.Ordinal);
    private readonly List<(byte[] Name, DataType DataType, long[]? Shape)> _inputs = [];
    private string _alias = "";
    private string _contentType = "";

    private DescribedRequest()
    {
    }

    public ReadOnlySpan<char> Alias => _alias;

    public ReadOnlySpan<char> ContentType => MediaType.WithoutParameters(_contentType);

    public int InputCount => _inputs.Count;

    /// <summary>Reads a description: <c>alias</c>, <c>content_type</c>, <c>headers</c>, <c>tags</c> and <c>inputs</c>, all of which may be left out.</summary>
    /// <exception cref="InvalidRequestException">It is none.</exception>
    public static DescribedRequest Read(JsonElement? body)
    {
        var request = new DescribedRequest();
        foreach (var member in body is { } root ? root.EnumerateObject() : default)
        {
            switch (member.Name)
            {
                case "alias":
                    request._alias = ReadText(member.Value, "alias");
                    break;
                case "content_type":
                    request._contentType = ReadText(member.Value, "content_type");
                    break;
                case "headers":
                    ReadTexts(member.Value, "headers", request._headers);
                    break;
                case "tags":
                    ReadTexts(member.Value, "tags", request._tags);
                    break;
                case "inputs":
                    request.ReadInputs(member.Value);
                    break;
                default:
                    throw new InvalidRequestException($"The description of a request has the unknown member '{member.Name}'; expected alias, content_type, headers, tags and inputs.");
            }
        }

        return request;
    }

    public RouteInput GetInput(int index) => new()
    {
        Name = _inputs[index].Name,
        DataType = _inputs[index].DataType,
        Shape = _inputs[index].Shape,
        HasShape = _inputs[index].Shape is not null,
    };

    public bool TryGetHeader(string name, out ReadOnlySpan<char> value)
    {
        var isThere = _headers.TryGetValue(name, out var text);
        value = text;
        return isThere;
    }

    public bool TryGetTag(TagName tag, scoped Span<char> value, out int length)
    {
        length = 0;
        if (!_tags.TryGetValue(tag.Name, out var text) && !_headers.TryGetValue(tag.HeaderName, out text))
        {
            return false;
        }

        length = text.TryCopyTo(value) ? text.Length : 0;
        return true;
    }

    private void ReadInputs(JsonElement inputs)
    {
        Require(inputs.ValueKind == JsonValueKind.Array, "inputs", "an array");
        foreach (var input in inputs.EnumerateArray())
        {
            Require(input.ValueKind == JsonValueKind.Object, "inputs", "an array of objects");
            var name = input.TryGetProperty("name", out var given) ? ReadText(given, "name") : "";
            var dataType = DataType.Invalid;
            if (input.TryGetProperty("datatype", out var type) && !DataTypes.TryParseConfigName(ReadText(type, "datatype"), out dataType))
            {
                throw new InvalidRequestException($"The description of a request has the unknown datatype '{type}'; expected one of {string.Join(", ", DataTypes.All.Select(static known => known.Name))}.");
            }

            _inputs.Add((Encoding.UTF8.GetBytes(name), dataType, input.TryGetProperty("shape", out var shape) ? ReadShape(shape) : null));
        }
    }

    private static long[] ReadShape(JsonElement shape)
    {
        Require(shape.ValueKind == JsonValueKind.Array && shape.GetArrayLength() <= Shape.MaxRank, "shape", $"an array of at most {Shape.MaxRank} lengths");
        return [.. shape.EnumerateArray().Select(static length =>
            length.ValueKind == JsonValueKind.Number && length.TryGetInt64(out var number) ? number : throw new InvalidRequestException("The member 'shape' of the description is an array of whole numbers."))];
    }

    private static void ReadTexts(JsonElement element, string name, Dictionary<string, string> texts)
    {
        Require(element.ValueKind == JsonValueKind.Object, name, "an object");
        foreach (var member in element.EnumerateObject())
        {
            texts[member.Name] = ReadText(member.Value, member.Name);
        }
    }

    private static string ReadText(JsonElement element, string name)
    {
        Require(element.ValueKind == JsonValueKind.String, name, "a string");
        return element.GetString()!;
    }

    private static void Require(bool condition, string member, string expected)
    {
        if (!condition)
        {
            throw new InvalidRequestException($"The member '{member}' of the description is not {expected}.");
        }
    }
}
