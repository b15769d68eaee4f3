using System.Diagnostics;
using Camshaft.Load.Arrivals;
using Camshaft.Load.Plans;
using Camshaft.Load.Reporting;
using Camshaft.Load.Targets;

namespace Camshaft.Load.Running;

/// <summary>Runs plans against a target whose models it has opened: all models of a plan together, over the same time. One run at a time.</summary>
public sealed class LoadGenerator
{
    private static readonly TimeSpan ProgressInterval = TimeSpan.FromSeconds(1);

    private readonly ITarget _target;
    private readonly IReadOnlyList<ITargetModel> _models;
    private readonly IRunClock _clock;

    private LoadGenerator(ITarget target, IReadOnlyList<ITargetModel> models, IRunClock clock)
    {
        _target = target;
        _models = models;
        _clock = clock;
    }

    /// <summary>Opens a plan's models.</summary>
    /// <param name="target">The target, which stays the caller's.</param>
    /// <param name="plan">Whose models to open.</param>
    /// <param name="cancellationToken">Gives it up.</param>
    /// <exception cref="LoadException">A model cannot be opened as the plan has it.</exception>
    public static Task<LoadGenerator> OpenAsync(ITarget target, LoadPlan plan, CancellationToken cancellationToken) =>
        OpenAsync(target, plan, new MonotonicClock(), cancellationToken);

    internal static async Task<LoadGenerator> OpenAsync(ITarget target, LoadPlan plan, IRunClock clock, CancellationToken cancellationToken) =>
        new(target, await target.OpenAsync(plan.Models, plan.Seed, cancellationToken).ConfigureAwait(false), clock);

    /// <summary>Runs a plan.</summary>
    /// <param name="plan">The plan that the models were opened for, or one that differs from it in times and arrivals only.</param>
    /// <param name="progress">Told once a second; null for nobody.</param>
    /// <param name="cancellationToken">Ends the run without a report.</param>
    /// <exception cref="OperationCanceledException">It was cancelled; nothing is sent any more.</exception>
    public async Task<RunReport> RunAsync(LoadPlan plan, IProgress<RunProgress>? progress, CancellationToken cancellationToken)
    {
        ArgumentOutOfRangeException.ThrowIfNotEqual(plan.Models.Count, _models.Count);
        var startedAt = DateTimeOffset.UtcNow;
        var stopwatch = Stopwatch.StartNew();
        var processorTime = Environment.CpuUsage.TotalTime;
        var window = RunWindow.From(plan, _clock.Now);
        var runners = plan.Models.Select((load, index) => new ModelRunner(load, _models[index], window, _clock, Seed.CreateRandom(plan.Seed, index))).ToList();
        try
        {
            var ended = Task.WhenAll(runners.Select(runner => runner.RunAsync(cancellationToken)));
            await TellProgressAsync(plan, runners, ended, progress).ConfigureAwait(false);
            await ended.ConfigureAwait(false);
            var processors = (Environment.CpuUsage.TotalTime - processorTime) / stopwatch.Elapsed;
            return RunReporter.Create(_target, plan, startedAt, processors, runners);
        }
        finally
        {
            runners.ForEach(static runner => runner.Dispose());
        }
    }

    private static async Task TellProgressAsync(LoadPlan plan, List<ModelRunner> runners, Task ended, IProgress<RunProgress>? progress)
    {
        var total = plan.WarmUp + plan.Duration;
        var stopwatch = Stopwatch.StartNew();
        var lastElapsed = TimeSpan.Zero;
        long lastAnswers = 0;
        using var timer = new PeriodicTimer(ProgressInterval);
        while (progress is not null && await Task.WhenAny(ended, timer.WaitForNextTickAsync().AsTask()).ConfigureAwait(false) != ended)
        {
            var elapsed = stopwatch.Elapsed;
            var answers = runners.Sum(static runner => runner.Recorder.AnswersInWindow);
            progress.Report(new RunProgress(
                elapsed,
                total,
                elapsed < plan.WarmUp,
                (answers - lastAnswers) / (elapsed - lastElapsed).TotalSeconds,
                runners.Sum(static runner => runner.Recorder.Finished - runner.Recorder.Answered),
                runners.Sum(static runner => runner.InFlight)));
            (lastElapsed, lastAnswers) = (elapsed, answers);
        }
    }
}
