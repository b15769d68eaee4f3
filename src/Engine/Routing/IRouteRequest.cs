namespace Camshaft.Engine.Routing;

/// <summary>A request as rules see it. Transports implement it as a structure over what they have read, so that nothing is copied or boxed.</summary>
public interface IRouteRequest
{
    /// <summary>The alias that it asks for; empty = it names neither model nor alias.</summary>
    ReadOnlySpan<char> Alias { get; }

    /// <summary>The media type of its body, without parameters; empty = it states none.</summary>
    ReadOnlySpan<char> ContentType { get; }

    /// <summary>How many inputs it is known to carry.</summary>
    int InputCount { get; }

    /// <summary>What it says of an input.</summary>
    RouteInput GetInput(int index);

    /// <summary>Finds a header.</summary>
    bool TryGetHeader(string name, out ReadOnlySpan<char> value);

    /// <summary>Finds a tag.</summary>
    /// <param name="tag">The tag's name.</param>
    /// <param name="value">Where its value goes.</param>
    /// <param name="length">How long it is; 0 where it does not fit, since no rule can name it then.</param>
    bool TryGetTag(TagName tag, scoped Span<char> value, out int length);
}
