using System.Globalization;
using System.Text;

namespace Camshaft.Engine.Repository;

/// <summary>Which names a model can have: they become parts of paths, of addresses and of log lines.</summary>
internal static class ModelName
{
    /// <summary>The most UTF-16 units in a name. File systems allow 255 bytes; this leaves room for what is built from a name.</summary>
    public const int MaxLength = 128;

    /// <summary>Says what is wrong with a name; null when nothing is.</summary>
    public static string? FindFault(string name)
    {
        if (name.Length is 0 or > MaxLength)
        {
            return $"a model's name has 1 to {MaxLength} characters, this one {name.Length}";
        }

        if (name is "." or "..")
        {
            return $"'{name}' cannot be a model's name";
        }

        foreach (var rune in name.EnumerateRunes())
        {
            if (rune.Value is '/' or '\\' || !IsPrintable(rune))
            {
                return $"a model's name is printable and has no path separator; this one holds U+{rune.Value:X4}";
            }
        }

        return null;
    }

    // EnumerateRunes yields U+FFFD for what is no valid text, such as a directory's name that is no UTF-8.
    private static bool IsPrintable(Rune rune) => rune != Rune.ReplacementChar && Rune.GetUnicodeCategory(rune) is not (
        UnicodeCategory.Control or UnicodeCategory.Format or UnicodeCategory.LineSeparator or UnicodeCategory.ParagraphSeparator
        or UnicodeCategory.PrivateUse or UnicodeCategory.OtherNotAssigned);
}
