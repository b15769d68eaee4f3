using Camshaft.EngineBenchmark.Models;
using Camshaft.EngineBenchmark.Reporting;

namespace Camshaft.EngineBenchmark.Overload;

/// <summary>Tells what became of the cases.</summary>
internal static class OverloadReport
{
    public static PartReport Create(double capacity, IReadOnlyList<OverloadResult> results)
    {
        var contenders = results[0].Runs.Select(static run => run.Contender).ToList();
        return new PartReport("overload", "Overload")
        {
            Tables = [CreateGoodput(contenders, capacity, results), CreateCounts(contenders, results), CreateModels(results), CreateProcessors(results)],
            Notes =
            [
                $"Capacity: {Text.Number(capacity)} times {string.Join(", ", MixModel.All.Select(static model => $"{model.Name} {model.Rate:0}/s"))}; there every model answers 99 % within its objective ({string.Join(", ", MixModel.All.Select(static model => $"{model.Name} {model.Slo.TotalMilliseconds:0} ms"))}).",
                "Goodput is the processor time that the requests in time are worth, each at its measured price in a batch of the planned size, as a part of all processors' time.",
                "*Clairvoyant* has all processors but what the generator takes, which is measured with the same arrivals on a target that does nothing. *On the lanes' part* it has what the lanes could have had: neither what other processes had meanwhile nor what this one needed for requests' memory, copies, queues and answers.",
            ],
            Targets = [.. results.SelectMany(result => CreateTargets(capacity, result))],
            Figures = new { Capacity = capacity, Cases = results },
        };
    }

    private static MarkdownTable CreateGoodput(IReadOnlyList<string> contenders, double capacity, IReadOnlyList<OverloadResult> results)
    {
        var table = new MarkdownTable(["goodput", .. contenders, "clairvoyant", $"{contenders[^1]} of clairvoyant", "on the lanes' part", "of capacity", "simulated of clairvoyant"]);
        foreach (var result in results)
        {
            table.Add(
            [
                result.Name,
                .. result.Goodput.Select(Text.Percent),
                Text.Percent(result.Clairvoyant),
                Text.Percent(result.OfClairvoyant),
                Text.Percent(result.OfClairvoyantOnLanes),
                Text.Percent(result.GetOfCapacity(capacity)),
                Text.Percent(result.SimulatedOfClairvoyant),
            ]);
        }

        return table;
    }

    private static MarkdownTable CreateCounts(IReadOnlyList<string> contenders, IReadOnlyList<OverloadResult> results)
    {
        var table = new MarkdownTable(["requests in time, of all", "requests", .. contenders, "simulated", "clairvoyant"]);
        foreach (var result in results)
        {
            double all = result.Requests;
            table.Add(
            [
                result.Name,
                $"{result.Requests:N0}",
                .. result.Runs.Select(run => Text.Percent(run.Count / all)),
                Text.Percent(result.Bound.SimulatedCount / all),
                Text.Percent(result.Bound.MetCount / all),
            ]);
        }

        return table;
    }

    private static MarkdownTable CreateModels(IReadOnlyList<OverloadResult> results)
    {
        var table = new MarkdownTable([$"{results[0].Judged.Contender}: requests in time, of the model's", .. MixModel.All.Select(static model => model.Name)]);
        foreach (var result in results)
        {
            table.Add([result.Name, .. result.Judged.InTime.Zip(result.Judged.Requests, static (good, all) => Text.Percent((double)good / all))]);
        }

        return table;
    }

    private static MarkdownTable CreateProcessors(IReadOnlyList<OverloadResult> results)
    {
        var table = new MarkdownTable($"processors of {Environment.ProcessorCount}, {results[0].Judged.Contender}", "lanes", "around them", "generator, in that", "other processes", "one in 100 sent late by ms");
        foreach (var result in results)
        {
            var use = result.Judged.Processors;
            table.Add(result.Name, Text.Number(use.Lanes), Text.Number(use.Own - use.Lanes), Text.Number(result.GeneratorProcessors), Text.Number(use.Others), Text.Number(result.Judged.LatenessP99));
        }

        return table;
    }

    private static IEnumerable<Target> CreateTargets(double capacity, OverloadResult result)
    {
        yield return new Target($"{result.Name}: goodput of clairvoyant", result.OfClairvoyant * 100, 95, "%", IsLeast: true);
        if (result.IsPoisson && result.Factor > 1)
        {
            yield return new Target($"{result.Name}: goodput of capacity", result.GetOfCapacity(capacity) * 100, 95, "%", IsLeast: true);
        }
    }
}
