using System.Globalization;
using System.Text.Json.Nodes;
using Spectre.Console;

namespace Camshaft.Server.CommandLine.Top;

/// <summary>A GPU, as the server's console describes it, in one line.</summary>
/// <param name="Text">The line.</param>
/// <param name="Tone">Red when the GPU has failed, yellow when its sensors do not answer.</param>
internal sealed record TopGpu(string Text, Color Tone)
{
    /// <summary>Reads it from the console's JSON. What a GPU does not tell is left out.</summary>
    public static TopGpu Read(JsonNode gpu)
    {
        var name = $"{(string)gpu["device"]!} {(string)gpu["name"]!}";
        if ((string?)gpu["fault"] is { } fault)
        {
            return new TopGpu($"{name}: FAILED: {fault.ReplaceLineEndings(" ")}", Color.Red);
        }

        var silence = (double?)gpu["silentSince"] is { } since ? Format($"sensors do not answer since {DateTimeOffset.UnixEpoch.AddSeconds(since).UtcDateTime:u}") : null;
        var busyLanes = (int)gpu["busyLanes"]!;
        string?[] parts =
        [
            silence,
            (double?)gpu["utilization"] is { } utilization ? Format($"{utilization * 100:0} % busy") : null,
            Format($"models {ToMegabytes(gpu["modelMemory"])} of {ToMegabytes(gpu["modelBudget"])} MB"),
            gpu["usedMemory"] is { } used ? Format($"{ToMegabytes(used)} of {ToMegabytes(gpu["memory"])} MB in use") : null,
            (double?)gpu["power"] is { } power ? Format($"{power:0} W{((double?)gpu["powerLimit"] is { } limit ? Format($" of {limit:0}") : "")}") : null,
            (double?)gpu["temperature"] is { } temperature ? Format($"{temperature:0} C") : null,
            Format($"{busyLanes} of {(int)gpu["lanes"]!} lanes busy"),
        ];
        return new TopGpu($"{name}: {string.Join(", ", parts.OfType<string>())}", silence is null ? Color.Default : Color.Yellow);
    }

    private static string ToMegabytes(JsonNode? bytes) => Format($"{(long)bytes! / 1e6:0}");

    private static string Format(FormattableString text) => text.ToString(CultureInfo.InvariantCulture);
}
