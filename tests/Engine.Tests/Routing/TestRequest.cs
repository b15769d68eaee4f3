using System.Text;
using Camshaft.Backends;
using Camshaft.Engine.Routing;

namespace Camshaft.Engine.Tests.Routing;

/// <summary>A request with whatever a test gives it.</summary>
internal readonly struct TestRequest() : IRouteRequest
{
    public string Asks { get; init; } = "";

    public string Type { get; init; } = "";

    public Dictionary<string, string> Headers { get; init; } = [];

    public Dictionary<string, string> Tags { get; init; } = [];

    public (string Name, DataType DataType, long[] Shape)[] Inputs { get; init; } = [];

    public ReadOnlySpan<char> Alias => Asks;

    public ReadOnlySpan<char> ContentType => Type;

    public int InputCount => Inputs.Length;

    public RouteInput GetInput(int index) => new()
    {
        Name = Encoding.UTF8.GetBytes(Inputs[index].Name),
        DataType = Inputs[index].DataType,
        Shape = Inputs[index].Shape,
        HasShape = true,
    };

    public bool TryGetHeader(string name, out ReadOnlySpan<char> value)
    {
        var isThere = Headers.TryGetValue(name, out var text);
        value = text;
        return isThere;
    }

    public bool TryGetTag(TagName wanted, scoped Span<char> value, out int length)
    {
        length = 0;
        if (!Tags.TryGetValue(wanted.Name, out var text))
        {
            return false;
        }

        if (text.TryCopyTo(value))
        {
            length = text.Length;
        }

        return true;
    }
}
