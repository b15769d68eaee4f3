using System.Text.RegularExpressions;

namespace Camshaft.Testing.Cuda;

/// <summary>
/// A module made from PTX. Of the text only the form is looked at: version, target, and the kernels with the sizes of their
/// parameters. What its kernels do is what the registered ones of the same names do in C#.
/// </summary>
internal sealed partial class SimulatedModule(SimulatedGpu device, IReadOnlyDictionary<string, int[]> kernels) : SimulatedObject("cuModuleLoadDataEx", device)
{
    /// <summary>The bytes of each kernel's arguments.</summary>
    public IReadOnlyDictionary<string, int[]> Kernels => kernels;

    /// <summary>Reads a text.</summary>
    /// <returns>Null when it has not the form of PTX; the reason is in <paramref name="fault"/>.</returns>
    public static SimulatedModule? Parse(SimulatedGpu device, string text, out string fault)
    {
        text = CommentPattern().Replace(text, "");
        fault = VersionPattern().IsMatch(text) && TargetPattern().IsMatch(text) && text.Contains(".address_size 64", StringComparison.Ordinal)
            ? text.Count('{') == text.Count('}') ? "" : "ptxas fatal   : syntax error near line 1: unbalanced '{'"
            : "ptxas fatal   : Missing .version directive at start of file";
        return fault.Length > 0 ? null : new SimulatedModule(device, EntryPattern().Matches(text).ToDictionary(
            static match => match.Groups["name"].Value,
            static match => ParameterPattern().Matches(match.Groups["parameters"].Value).Select(static parameter => int.Parse(parameter.Groups["bits"].ValueSpan) / 8).ToArray()));
    }

    [GeneratedRegex(@"//[^\n]*")]
    private static partial Regex CommentPattern();

    [GeneratedRegex(@"^\s*\.version\s+\d+\.\d+", RegexOptions.CultureInvariant)]
    private static partial Regex VersionPattern();

    [GeneratedRegex(@"\.target\s+sm_\d+")]
    private static partial Regex TargetPattern();

    [GeneratedRegex(@"\.visible\s+\.entry\s+(?<name>\w+)\s*\((?<parameters>[^)]*)\)")]
    private static partial Regex EntryPattern();

    [GeneratedRegex(@"\.param\s+\.[ubsf](?<bits>8|16|32|64)\s+\w+")]
    private static partial Regex ParameterPattern();
}
