using System.Text;

namespace Camshaft.Engine.Routing;

/// <summary>The name of a tag that rules ask for, in the forms in which requests carry it. Immutable.</summary>
/// <param name="name">The name.</param>
public sealed class TagName(string name)
{
    /// <summary>What the name of a request parameter that is a tag begins with.</summary>
    public static ReadOnlySpan<byte> ParameterPrefix => "tag."u8;

    /// <summary>What the name of a header that is a tag begins with.</summary>
    public const string HeaderPrefix = "Camshaft-Tag-";

    private readonly byte[] _utf8 = Encoding.UTF8.GetBytes(name);

    /// <summary>The name.</summary>
    public string Name => name;

    /// <summary>The name in UTF-8.</summary>
    public ReadOnlySpan<byte> Utf8 => _utf8;

    /// <summary>The header that carries it.</summary>
    public string HeaderName { get; } = HeaderPrefix + name;

    /// <summary>Copies a tag's value, if it fits.</summary>
    /// <param name="utf8">The value in UTF-8.</param>
    /// <param name="value">Where it goes.</param>
    /// <returns>How long it is; 0 where it does not fit.</returns>
    public static int CopyValue(ReadOnlySpan<byte> utf8, scoped Span<char> value) => Encoding.UTF8.TryGetChars(utf8, value, out var length) ? length : 0;
}
