using System.Globalization;
using Camshaft.Load.Plans;
using Camshaft.Load.Reporting;
using Camshaft.Load.Running;

namespace Camshaft.Load.Searching;

/// <summary>
/// Finds the highest load at which every model of a plan keeps its SLO: runs the plan again and again, all rates multiplied
/// by one factor, with the same seed each time.
/// </summary>
/// <param name="generator">With the plan's models open.</param>
/// <param name="plan">The load at factor 1: where the search begins.</param>
public sealed class MaxRateSearch(LoadGenerator generator, LoadPlan plan)
{
    /// <summary>How many of a model's requests may fail, 0 to 1.</summary>
    public double MaxErrorShare { get; init; } = 0.001;

    /// <summary>How far, as a share, the answer may lie below the true limit.</summary>
    public double Tolerance { get; init; } = 0.05;

    /// <summary>Checks that a plan can be searched with.</summary>
    /// <exception cref="LoadException">A model has no rate that can be changed, or no SLO.</exception>
    public static void Check(LoadPlan plan)
    {
        foreach (var load in plan.Models)
        {
            if (load.Arrivals is not OpenLoop)
            {
                throw new LoadException($"Model '{load.Name}' is asked by a closed loop, which has no rate to be found; give it a rate to begin with.");
            }

            if (load.Slo is null)
            {
                throw new LoadException($"Model '{load.Name}' has no slo to be kept.");
            }
        }
    }

    /// <summary>Searches.</summary>
    /// <param name="progress">Told of each run once a second; null for nobody.</param>
    /// <param name="steps">Told of each run when it is over; null for nobody.</param>
    /// <param name="cancellationToken">Ends the search without a report.</param>
    /// <exception cref="LoadException">See <see cref="Check"/>.</exception>
    public async Task<MaxRateReport> RunAsync(IProgress<RunProgress>? progress, IProgress<MaxRateStep>? steps, CancellationToken cancellationToken)
    {
        Check(plan);
        var taken = new List<MaxRateStep>();
        RunReport? best = null;
        var factor = await RateBisection.FindHighestAsync(TryAsync, Tolerance).ConfigureAwait(false);
        var isGeneratorLimit = taken.Where(static step => !step.Passed).MinBy(static step => step.Factor) is { IsGeneratorSaturated: true };
        return new MaxRateReport(factor, factor == 0 ? [] : GetRates(factor), isGeneratorLimit, taken, best);

        async Task<bool> TryAsync(double candidate)
        {
            var report = await generator.RunAsync(Scale(candidate), progress, cancellationToken).ConfigureAwait(false);
            var failures = report.Models.Select(FindFailure).OfType<string>().ToList();
            var step = new MaxRateStep(candidate, GetRates(candidate), failures.Count == 0, failures, report.Generator.IsSaturated);
            taken.Add(step);
            steps?.Report(step);
            if (step.Passed)
            {
                best = report;
            }

            return step.Passed;
        }
    }

    private LoadPlan Scale(double factor) => plan with
    {
        Models = [.. plan.Models.Select(load => load with { Arrivals = ((OpenLoop)load.Arrivals).Scale(factor) })],
    };

    private List<ModelRate> GetRates(double factor) => [.. plan.Models.Select(load => new ModelRate(load.Name, ((OpenLoop)load.Arrivals).Rate * factor))];

    private string? FindFailure(ModelReport model)
    {
        if (model.Requests == 0)
        {
            return $"{model.Model}: no request was due";
        }

        if (model.Failed > model.Requests * MaxErrorShare)
        {
            return string.Create(CultureInfo.InvariantCulture, $"{model.Model}: {(double)model.Failed / model.Requests:0.## %} errors, first {model.Errors[0].Kind}");
        }

        return model.MeetsSlo == true
            ? null
            : string.Create(CultureInfo.InvariantCulture, $"{model.Model}: {model.GoodputPerSecond / model.OfferedPerSecond:0.## %} within {model.SloMilliseconds:0.###} ms, p99 {model.Latency.P99:0.##} ms");
    }
}
