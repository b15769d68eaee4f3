using System.Globalization;
using Camshaft.Load.Plans;
using Camshaft.Load.Running;
using Camshaft.Load.Targets;

namespace Camshaft.Load.Reporting;

/// <summary>Makes a report of what the runners of a run have counted.</summary>
internal static class RunReporter
{
    // From there on, waiting for a processor is what is measured.
    private const double BusyLimit = 0.9;

    // Lateness is in every latency; more than a tenth of what is promised would be told as the target's.
    private const double LatenessShareOfSlo = 0.1;
    private const double LatenessLimitMilliseconds = 2;

    public static RunReport Create(ITarget target, LoadPlan plan, DateTimeOffset startedAt, double processors, IReadOnlyList<ModelRunner> runners)
    {
        var models = runners.Select(runner => Describe(runner, plan.Duration.TotalSeconds)).ToList();
        return new RunReport
        {
            Target = target.Address,
            StartedAt = startedAt,
            DurationSeconds = plan.Duration.TotalSeconds,
            WarmUpSeconds = plan.WarmUp.TotalSeconds,
            Seed = plan.Seed,
            Models = models,
            Generator = new GeneratorReport(processors, Environment.ProcessorCount, target.IsInProcess, [.. FindWarnings(target, processors, models)]),
        };
    }

    private static ModelReport Describe(ModelRunner runner, double seconds)
    {
        var (load, recorder) = (runner.Load, runner.Recorder);
        var hasSlo = load.Slo is not null;
        return new ModelReport
        {
            Model = load.Name,
            Version = load.Version,
            Arrivals = load.Arrivals.Description,
            IsOpenLoop = load.Arrivals is OpenLoop,
            Requests = recorder.Due,
            Answered = recorder.Answered,
            Failed = recorder.Due - recorder.Answered,
            HeldBack = recorder.HeldBack,
            OfferedPerSecond = recorder.Due / seconds,
            ThroughputPerSecond = recorder.AnswersInWindow / seconds,
            GoodputPerSecond = hasSlo ? recorder.Good / seconds : null,
            SloMilliseconds = load.Slo?.TotalMilliseconds,
            Percentile = load.Percentile,
            MeetsSlo = hasSlo ? recorder.Due > 0 && recorder.Good >= recorder.Due * load.Percentile / 100 : null,
            Latency = LatencyReport.Of(recorder.Latency.Merge()),
            ResponseTime = LatencyReport.Of(recorder.ResponseTime.Merge()),
            ErrorTime = LatencyReport.Of(recorder.ErrorTime.Merge()),
            SendLateness = LatencyReport.Of(recorder.Lateness.Merge()),
            SenderBusy = runner.SenderBusy,
            Errors = recorder.Errors.ToReport(),
            Timeline = Describe(recorder.Timeline),
        };
    }

    private static List<TimelinePoint> Describe(Timeline timeline)
    {
        var points = new List<TimelinePoint>();
        for (var step = 0; step < timeline.Answers.Length; step++)
        {
            var seconds = timeline.GetStepSeconds(step);
            points.Add(new TimelinePoint(step * timeline.Step.TotalSeconds, timeline.Answers[step] / seconds, timeline.Good[step] / seconds, timeline.Errors[step] / seconds));
        }

        return points;
    }

    private static IEnumerable<string> FindWarnings(ITarget target, double processors, List<ModelReport> models)
    {
        if (!target.IsInProcess && processors > BusyLimit * Environment.ProcessorCount)
        {
            yield return string.Create(CultureInfo.InvariantCulture, $"It kept {processors:0.0} of {Environment.ProcessorCount} processors busy itself.");
        }

        foreach (var model in models.Where(static model => model.IsOpenLoop))
        {
            if (model.SenderBusy > BusyLimit)
            {
                yield return string.Create(CultureInfo.InvariantCulture, $"The sending thread of '{model.Model}' was busy for {model.SenderBusy:0 %} of the time.");
            }

            var limit = model.SloMilliseconds * LatenessShareOfSlo ?? LatenessLimitMilliseconds;
            if (model.SendLateness.P99 > limit)
            {
                yield return string.Create(
                    CultureInfo.InvariantCulture,
                    $"One in a hundred requests to '{model.Model}' was sent {model.SendLateness.P99:0.0} ms late or more; no more than {limit:0.###} ms would do no harm.");
            }
        }
    }
}
