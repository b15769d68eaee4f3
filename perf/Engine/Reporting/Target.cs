namespace Camshaft.EngineBenchmark.Reporting;

/// <summary>What a figure is to be.</summary>
/// <param name="What">The figure, in words.</param>
/// <param name="Figure">What was measured.</param>
/// <param name="Limit">What it is to reach, or not to pass.</param>
/// <param name="Unit">The unit of both.</param>
/// <param name="IsLeast">Whether <paramref name="Limit"/> is the least that it may be; else the most.</param>
internal sealed record Target(string What, double Figure, double Limit, string Unit, bool IsLeast = false)
{
    /// <summary>Whether it is so.</summary>
    public bool IsMet => IsLeast ? Figure >= Limit : Figure <= Limit;

    /// <summary>The targets of all parts as a table.</summary>
    public static MarkdownTable Summarize(IEnumerable<Target> targets)
    {
        var table = new MarkdownTable("what", "measured", "target", "met");
        foreach (var target in targets)
        {
            table.Add(target.What, $"{Text.Number(target.Figure)} {target.Unit}", $"{(target.IsLeast ? "≥" : "≤")} {Text.Number(target.Limit)} {target.Unit}", target.IsMet ? "yes" : "**no**");
        }

        return table;
    }
}
