using Camshaft.Engine.Routing;

namespace Camshaft.EngineBenchmark.Targets;

/// <summary>A request that asks for an alias and says nothing else.</summary>
internal readonly struct AliasRequest(string alias) : IRouteRequest
{
    public ReadOnlySpan<char> Alias => alias;

    public ReadOnlySpan<char> ContentType => [];

    public int InputCount => 0;

    public RouteInput GetInput(int index) => throw new ArgumentOutOfRangeException(nameof(index));

    public bool TryGetHeader(string name, out ReadOnlySpan<char> value)
    {
        value = [];
        return false;
    }

    public bool TryGetTag(TagName tag, scoped Span<char> value, out int length)
    {
        length = 0;
        return false;
    }
}
