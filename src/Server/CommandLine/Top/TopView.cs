using System.Globalization;
using System.Text.Json.Nodes;
using Spectre.Console;
using Spectre.Console.Rendering;

namespace Camshaft.Server.CommandLine.Top;

/// <summary>What the server's console says at one moment, as text.</summary>
/// <param name="overview">The answer of <c>/console/api/overview</c>.</param>
internal sealed class TopView(JsonNode overview)
{
    private const string None = "-";
    private static readonly string[] Header = ["MODEL", "VERSION", "STATE", "REQ/S", "P50 MS", "P99 MS", "ERR/S", "QUEUE", "BATCH", "MEMORY", "SLO"];

    private readonly List<TopRow> _rows = [.. overview["rows"]!.AsArray().Select(static row => TopRow.Read(row!))];

    private readonly List<TopGpu> _gpus = [.. overview["system"]!["gpus"]!.AsArray().Select(static gpu => TopGpu.Read(gpu!))];

    /// <summary>Writes it once, as programs read it.</summary>
    public void WritePlain(TextWriter output, TopSort sort)
    {
        var table = new Output.Table([.. Header, "REASON"]);
        foreach (var row in sort.Apply(_rows))
        {
            table.Add([.. Describe(row), (row.Reason ?? "").ReplaceLineEndings(" ")]);
        }

        output.WriteLine(DescribeSystem());
        _gpus.ForEach(gpu => output.WriteLine(gpu.Text));
        output.WriteLine();
        table.Write(output);
    }

    /// <summary>Draws it for a terminal.</summary>
    /// <param name="sort">The order.</param>
    /// <param name="height">How many lines there are.</param>
    /// <param name="message">What else is to be said; empty = nothing.</param>
    public IRenderable Draw(TopSort sort, int height, string message)
    {
        var table = new Table().Border(TableBorder.None).Expand();
        for (var i = 0; i < Header.Length; i++)
        {
            var column = new TableColumn(new Text(Header[i], new Style(IsColumnOf(sort, Header[i]) ? Color.Aqua : null, decoration: Decoration.Bold))) { Padding = new Padding(0, 0, 2, 0), NoWrap = true };
            table.AddColumn(i is > 2 and < 10 ? column.RightAligned() : column);
        }

        const int Frame = 5;
        var shown = Math.Max(1, height - Frame - _gpus.Count);
        foreach (var row in sort.Apply(_rows).Take(shown))
        {
            table.AddRow(Describe(row).Select((cell, i) => new Text(cell, GetStyle(row, i)) { Overflow = Overflow.Ellipsis }));
        }

        return new Rows(
            new Text(DescribeSystem(), new Style(decoration: Decoration.Bold)),
            new Rows(_gpus.Select(static gpu => new Text(gpu.Text, new Style(gpu.Tone)) { Overflow = Overflow.Ellipsis })),
            new Text(message, new Style(Color.Red)),
            table,
            new Text(DescribeKeys(shown), new Style(Color.Grey)));
    }

    private string DescribeKeys(int shown)
    {
        var keys = string.Join("  ", TopSort.All.Select(static sort => $"{sort.Key} {sort.Name}"));
        return _rows.Count > shown ? $"{_rows.Count - shown} more models.  {keys}  q quit" : $"{keys}  q quit";
    }

    private string DescribeSystem()
    {
        var system = overview["system"]!;
        var lanes = system["lanes"]!.AsArray();
        var busy = lanes.Count == 0 ? 0 : lanes.Average(static lane => (double)lane!["busy"]!);
        return string.Create(
            CultureInfo.InvariantCulture,
            $"{_rows.Count} models, {(double)system["rate"]!:0.#} requests/s, {(double)system["errorRate"]!:0.#} errors/s, {(double)system["processors"]!:0.00} of {(int)system["processorCount"]!} processors, {(long)system["memory"]!["resident"]! / 1e6:0} MB, lanes {busy * 100:0} % busy, up {TimeSpan.FromSeconds(Math.Floor((double)system["uptime"]!)):c}");
    }

    private static string[] Describe(TopRow row) =>
    [
        row.Name,
        row.Version?.ToString(CultureInfo.InvariantCulture) ?? None,
        row.State,
        Format(row.Rate, "0.0"),
        Format(row.P50, "0.00"),
        Format(row.P99, "0.00"),
        Format(row.ErrorRate, "0.0"),
        row.Queue.ToString(CultureInfo.InvariantCulture),
        Format(row.Batch, "0.0"),
        row.Memory > 0 ? $"{Format(row.Memory / 1e6, "0.0")} MB" : None,
        row.Objective is { } objective ? $"{Format(row.Kept, "0.##")} % <= {Format(objective, "0.###")} ms" : None,
    ];

    private static Style GetStyle(TopRow row, int column) => column switch
    {
        2 => new Style(row.State switch { "ready" => Color.Green, "failed" => Color.Red, "loading" or "warming" or "draining" => Color.Yellow, _ => Color.Grey }),
        6 when row.ErrorRate > 0 => new Style(Color.Red),
        10 when row.Kept < row.Percentile => new Style(Color.Red),
        _ => Style.Plain,
    };

    private static bool IsColumnOf(TopSort sort, string header) => sort.Name switch
    {
        "rate" => header == "REQ/S",
        "errors" => header == "ERR/S",
        "name" => header == "MODEL",
        var name => header.StartsWith(name, StringComparison.OrdinalIgnoreCase),
    };

    private static string Format(double? number, string format) => number?.ToString(format, CultureInfo.InvariantCulture) ?? None;
}
