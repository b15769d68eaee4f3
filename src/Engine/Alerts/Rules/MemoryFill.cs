using System.Globalization;
using Camshaft.Engine.Alerts.Options;

namespace Camshaft.Engine.Alerts.Rules;

/// <summary>Judges how full a memory budget is.</summary>
internal static class MemoryFill
{
    /// <summary>Adds the condition when the budget is reached.</summary>
    /// <param name="into">Where.</param>
    /// <param name="terms">When it counts as reached.</param>
    /// <param name="name">The alert's name.</param>
    /// <param name="labels">What it is about.</param>
    /// <param name="what">Who takes the memory, as a sentence begins.</param>
    /// <param name="used">The bytes that are taken.</param>
    /// <param name="budget">The bytes that may be; <see cref="long.MaxValue"/> = no bound.</param>
    public static void Judge(ICollection<AlertCondition> into, FillTerms terms, string name, Dictionary<string, string> labels, string what, long used, long budget)
    {
        if (budget is <= 0 or long.MaxValue || used * 100.0 / budget is var percent && percent < terms.Percent)
        {
            return;
        }

        into.Add(new AlertCondition(name, AlertSeverity.Warning, labels)
        {
            For = terms.For,
            Summary = $"{what} have reached their memory budget.",
            Description = string.Create(CultureInfo.InvariantCulture, $"They take {used} bytes of {budget} ({percent:0.#} %)."),
            Value = percent,
        });
    }
}
