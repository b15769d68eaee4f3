using Camshaft.Engine.Repository;

namespace Camshaft.Engine.Routing;

/// <summary>What every alias has in common.</summary>
internal static class RouteAliases
{
    /// <summary>The source of an alias that a call has set.</summary>
    public const string SetByCall = "a call";

    /// <summary>Says what is wrong with an alias's name; null when nothing is.</summary>
    public static string? FindFault(string name)
    {
        if (ModelName.FindFault(name) is { } fault)
        {
            return fault.Replace("a model's name", "an alias", StringComparison.Ordinal);
        }

        var separator = name.LastIndexOf(RouteTarget.Separator);
        var last = name[(separator + 1)..];
        return last.Length == 0 || last.All(char.IsAsciiDigit) && separator >= 0
            ? $"an alias of a model is 'model{RouteTarget.Separator}alias', and no number"
            : null;
    }
}
