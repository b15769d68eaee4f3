using System.Globalization;
using System.Text.Json;

namespace Camshaft.HttpBenchmark;

/// <summary>Tells what was found: medians over the rounds, and of the rounds' ratios.</summary>
internal static class Report
{
    private static readonly JsonSerializerOptions Json = new(JsonSerializerOptions.Web) { WriteIndented = true };

    /// <summary>A table in Markdown.</summary>
    public static void WriteTable(TextWriter output, IReadOnlyList<ScenarioResult> results)
    {
        output.WriteLine("| | requests/s | p50 / p99 µs | server processor µs/request | bytes allocated/request | rate against the peer (lowest, highest round) | processor against the peer |");
        output.WriteLine("| --- | --- | --- | --- | --- | --- | --- |");
        foreach (var result in results)
        {
            var ratios = result.RateRatios;
            Write(output, $"{result.Scenario}, peer", result.Peer, "", "");
            Write(
                output,
                $"{result.Scenario}, Camshaft",
                result.Camshaft,
                string.Create(CultureInfo.InvariantCulture, $"{Sample.Median(ratios, static ratio => ratio):P0} ({ratios.Min():P0}, {ratios.Max():P0})"),
                string.Create(CultureInfo.InvariantCulture, $"{Sample.Median(result.ProcessorRatios, static ratio => ratio):P0}"));
        }
    }

    /// <summary>Everything, each round too.</summary>
    public static void WriteJson(string path, IReadOnlyList<ScenarioResult> results) => File.WriteAllText(path, JsonSerializer.Serialize(results, Json));

    private static void Write(TextWriter output, string name, IReadOnlyList<Sample> samples, string rateRatio, string processorRatio)
    {
        var median = Sample.Median(samples);
        output.WriteLine(string.Create(
            CultureInfo.InvariantCulture,
            $"| {name} | {median.Rate:N0} | {median.P50:N0} / {median.P99:N0} | {median.ProcessorMicroseconds:N1} | {median.AllocatedBytes:N0} | {rateRatio} | {processorRatio} |"));
    }
}
