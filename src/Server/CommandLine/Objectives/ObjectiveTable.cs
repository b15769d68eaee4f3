using System.Globalization;
using System.Text.Json.Nodes;
using Camshaft.Engine.Alerts;
using Camshaft.Server.Output;

namespace Camshaft.Server.CommandLine.Objectives;

/// <summary>Objectives as a table, one row for each promise of each model.</summary>
internal static class ObjectiveTable
{
    /// <summary>Makes it of what <c>GET /v2/slo</c> says of models.</summary>
    public static Table Create(IEnumerable<JsonNode?> models)
    {
        var table = new Table("MODEL", "OBJECTIVE", "STATE", "TARGET", "NOW", "BUDGET LEFT", "BURN RATE", "REQUESTS", "WINDOW");
        foreach (var model in models)
        {
            foreach (var state in model!["objectives"]!.AsArray())
            {
                AddRow(table, model, state!);
            }
        }

        return table;
    }

    private static void AddRow(Table table, JsonNode model, JsonNode state)
    {
        var within = (string)state["objective"]! == "latency" ? $" within {AlertText.Format(TimeSpan.FromMilliseconds((double)model["latency_ms"]!))}" : "";
        table.Add(
            (string)model["model"]!,
            (string)state["objective"]!,
            ((string)state["state"]!).Replace('_', ' '),
            string.Create(CultureInfo.InvariantCulture, $"{(double)state["target_percent"]!:0.####} %{within}"),
            string.Create(CultureInfo.InvariantCulture, $"{(double)state["percent"]!:0.####} %"),
            string.Create(CultureInfo.InvariantCulture, $"{(double)state["budget_left"]! * 100:0.#} %"),
            string.Create(CultureInfo.InvariantCulture, $"{(double)state["burn_rate"]!:0.##}"),
            string.Create(CultureInfo.InvariantCulture, $"{(long)state["total"]!}"),
            AlertText.Format(TimeSpan.FromSeconds((double)model["window_s"]!)));
    }
}
