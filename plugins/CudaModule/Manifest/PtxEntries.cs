using System.Globalization;
using System.Text.RegularExpressions;

namespace Camshaft.Plugins.CudaModules.Manifest;

/// <summary>The kernels that PTX has, as far as their heads tell: what can be known without a driver. It does not judge the rest of the text.</summary>
internal static partial class PtxEntries
{
    /// <summary>Reads them.</summary>
    /// <returns>The bytes of each kernel's arguments by its name; null for a head that is not understood.</returns>
    public static IReadOnlyDictionary<string, IReadOnlyList<int>?> Read(string ptx)
    {
        var entries = new Dictionary<string, IReadOnlyList<int>?>(StringComparer.Ordinal);
        foreach (Match entry in Entry().Matches(Comment().Replace(ptx, " ")))
        {
            // The text of a second of the same name is the compiler's to refuse.
            entries.TryAdd(entry.Groups["name"].Value, ReadParameters(entry.Groups["parameters"].Value));
        }

        return entries;
    }

    private static List<int>? ReadParameters(string text)
    {
        if (string.IsNullOrWhiteSpace(text))
        {
            return [];
        }

        var sizes = new List<int>();
        foreach (var parameter in text.Split(','))
        {
            var match = Parameter().Match(parameter);
            var count = match.Groups["count"] is { Success: true } array ? array.Value : "1";
            if (!match.Success || !int.TryParse(count, NumberStyles.None, CultureInfo.InvariantCulture, out var length) || length > short.MaxValue)
            {
                return null;
            }

            sizes.Add(int.Parse(match.Groups["bits"].ValueSpan, CultureInfo.InvariantCulture) / 8 * length);
        }

        return sizes;
    }

    [GeneratedRegex(@"//[^\n]*|/\*.*?\*/", RegexOptions.Singleline)]
    private static partial Regex Comment();

    [GeneratedRegex(@"\.entry\s+(?<name>[\w$%]+)\s*(\((?<parameters>[^)]*)\))?")]
    private static partial Regex Entry();

    [GeneratedRegex(@"^\s*\.param\s+(\.align\s+\d+\s+)?\.[bufs](?<bits>8|16|32|64)\s+(\.ptr\s+(\.\w+\s+)*?(\.align\s+\d+\s+)?)?[\w$%]+(\[(?<count>\d+)\])?\s*$")]
    private static partial Regex Parameter();
}
