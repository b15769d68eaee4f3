using System.Diagnostics;
using System.Globalization;
using System.Text.Json;

namespace Camshaft.HttpBenchmark;

/// <summary>Runs wrk and reads what it found.</summary>
internal static class Wrk
{
    /// <summary>Sends one request over and over for some time.</summary>
    /// <param name="processors">The processors that wrk may use, as <c>taskset</c> takes them; null = all.</param>
    /// <param name="connections">How many connections; each has one request under way.</param>
    /// <param name="duration">How long.</param>
    /// <param name="url">Where to.</param>
    /// <param name="bodyPath">A file with the request's body.</param>
    /// <param name="jsonByteSize">The length of its JSON part.</param>
    /// <exception cref="InvalidOperationException">A request failed.</exception>
    public static WrkResult Run(string? processors, int connections, TimeSpan duration, Uri url, string bodyPath, int jsonByteSize)
    {
        var script = Path.Combine(AppContext.BaseDirectory, "infer.lua");
        string[] command =
        [
            .. processors is null ? Array.Empty<string>() : ["taskset", "-c", processors],
            "wrk", "--threads", "1", "--connections", connections.ToString(CultureInfo.InvariantCulture),
            "--duration", $"{(int)duration.TotalSeconds}s", "--script", script, url.ToString(), "--", bodyPath,
            jsonByteSize.ToString(CultureInfo.InvariantCulture),
        ];
        using var wrk = Process.Start(new ProcessStartInfo(command[0], command[1..]) { RedirectStandardOutput = true })!;
        var output = wrk.StandardOutput.ReadToEnd();
        wrk.WaitForExit();
        var line = output.Split('\n').LastOrDefault(static line => line.StartsWith('{'))
            ?? throw new InvalidOperationException($"'{string.Join(' ', command)}' ended with {wrk.ExitCode}: {output}");
        var result = JsonSerializer.Deserialize<WrkResult>(line, JsonSerializerOptions.Web)!;
        return result.Failures == 0 && result.Requests > 0 ? result : throw new InvalidOperationException($"Requests to {url} failed: {line}");
    }
}
