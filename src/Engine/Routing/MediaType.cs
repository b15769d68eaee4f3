namespace Camshaft.Engine.Routing;

/// <summary>Media types as rules and requests state them.</summary>
public static class MediaType
{
    private const string AllOfAKind = "/*";

    /// <summary>A Content-Type header's media type, without its parameters.</summary>
    public static ReadOnlySpan<char> WithoutParameters(ReadOnlySpan<char> header)
    {
        var end = header.IndexOf(';');
        return (end < 0 ? header : header[..end]).Trim();
    }

    /// <summary>Whether a rule's media type stands for all of one kind.</summary>
    internal static bool IsKind(string type) => type.EndsWith(AllOfAKind, StringComparison.Ordinal);

    /// <summary>What stands before the slash; nothing where there is none.</summary>
    internal static ReadOnlySpan<char> GetKind(ReadOnlySpan<char> type)
    {
        var slash = type.IndexOf('/');
        return slash < 0 ? [] : type[..slash];
    }

    /// <summary>Whether every body that the second takes is one that the first takes.</summary>
    internal static bool Covers(string first, string second) =>
        first.Equals(second, StringComparison.OrdinalIgnoreCase)
        || (IsKind(first) && GetKind(first).Equals(GetKind(second), StringComparison.OrdinalIgnoreCase));

    /// <summary>Whether it is <c>type/subtype</c>, the second perhaps an asterisk.</summary>
    internal static bool IsWellFormed(string type)
    {
        var slash = type.IndexOf('/');
        return slash > 0 && IsToken(type.AsSpan(0, slash)) && (IsKind(type) ? slash == type.Length - 2 : IsToken(type.AsSpan(slash + 1)));
    }

    /// <summary>Whether a text can be the name of a header (RFC 9110, section 5.6.2).</summary>
    internal static bool IsToken(ReadOnlySpan<char> text)
    {
        foreach (var letter in text)
        {
            if (!char.IsAsciiLetterOrDigit(letter) && !"!#$%&'+-.^_`|~".Contains(letter))
            {
                return false;
            }
        }

        return text.Length > 0;
    }
}
