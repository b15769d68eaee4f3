using System.Diagnostics;
using Camshaft.Backends;
using Camshaft.Engine.Batching;
using Camshaft.Engine.Inference;
using Camshaft.Engine.Models;
using Camshaft.Engine.Scheduling.Lanes;
using Camshaft.Engine.Scheduling.Runs;

namespace Camshaft.Engine.Orchestration.WarmUp;

/// <summary>
/// Runs a model with samples, so that its first request is no slower than others, and measures what batches of it take.
/// These runs are no requests and are counted nowhere. On a thread of its own that yields to all others, before the model serves
/// or beside that.
/// </summary>
internal static class ModelWarmUp
{
    // A second start of eight models is to take a second altogether: a few runs of each, and no large batch of a slow model
    // unless its configuration asks for such batches.
    private static readonly TimeSpan MeasuredTime = TimeSpan.FromMilliseconds(10);
    private static readonly TimeSpan LongestRun = TimeSpan.FromMilliseconds(200);
    private const int MostRuns = 20;

    // Made-up inputs may send a model into a loop; no run of a model that serves takes that long.
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(30);
    private const int LargestBatch = 32;

    // How long a load waits for memory that requests hold.
    private static readonly TimeSpan ReserveTime = TimeSpan.FromSeconds(5);

    /// <summary>Runs every sample, the first one of one row and then, where requests could join, of 2, 4, 8… rows and of the most.</summary>
    /// <param name="loaded">The version, attached.</param>
    /// <param name="version">The same.</param>
    /// <returns>What runs of the first sample take. A failure that is the samples' own is never one of the engine's memory.</returns>
    /// <exception cref="BackendException">The configured samples are not what they should be.</exception>
    public static WarmUpResult Run(LoadedVersion loaded, ModelVersion version)
    {
        var configured = version.Configuration.Batching.MaxBatchSize;
        var joins = configured != 1 && BatchAxes.FindObstacle(loaded.Plan.Signature) is null;
        IReadOnlyList<int?> sizes = joins ? [.. ListSizes(configured ?? LargestBatch)] : [null];
        var reader = new SampleReader(loaded.Plan.Signature, loaded.SampleDirectory, loaded.Memory.BudgetByteSize);
        IReadOnlyList<Sample> samples;
        try
        {
            samples = reader.Read(version.Configuration.WarmUpSamples);
        }
        catch (BackendException exception) when (version.Configuration.WarmUpSamples.Count == 0)
        {
            return new WarmUpResult([], new InferenceStatus(exception.Code, exception.Message));
        }

        using var lane = new WarmUpLane(loaded.Scheduler);
        try
        {
            var first = Measure(loaded, lane, samples[0], sizes, isBounded: configured is null);
            for (var i = 1; i < samples.Count && first.Failure.IsOk; i++)
            {
                first = first with { Failure = Measure(loaded, lane, samples[i], sizes, isBounded: configured is null).Failure };
            }

            return first;
        }
        finally
        {
            version.ReleaseInstance(lane.Native);
        }
    }

    /// <summary>The sizes of batches: powers of two, and the largest.</summary>
    private static IEnumerable<int?> ListSizes(int largest)
    {
        for (var rows = 1; rows < largest; rows *= 2)
        {
            yield return rows;
        }

        yield return largest;
    }

    private static WarmUpResult Measure(LoadedVersion loaded, WarmUpLane lane, Sample sample, IReadOnlyList<int?> sizes, bool isBounded)
    {
        var costs = new List<RunCost>();
        foreach (var rows in sizes)
        {
            var status = TryMeasure(loaded, lane, sample, rows, out var cost);
            if (!status.IsOk)
            {
                var subject = sample.Name is { } name ? $"warm-up sample '{name}': " : "";
                return new WarmUpResult(costs, costs.Count > 0 ? InferenceStatus.Ok : new InferenceStatus(status.Code, subject + status.Message));
            }

            costs.Add(cost);
            if (isBounded && cost.Wall > LongestRun)
            {
                break;
            }
        }

        return new WarmUpResult(costs, InferenceStatus.Ok);
    }

    private static InferenceStatus TryMeasure(LoadedVersion loaded, WarmUpLane lane, Sample sample, int? rows, out RunCost cost)
    {
        cost = default;
        var request = loaded.CreateRequest();
        try
        {
            var status = sample.Declare(request, rows);
            if (!status.IsOk || !(status = Reserve(request)).IsOk)
            {
                return status;
            }

            request.RowCount = rows ?? 1;
            sample.Fill(request, rows);
            status = Run(lane, request, out var first);
            if (!status.IsOk)
            {
                return status;
            }

            var runs = new List<RunCost>();
            for (var spent = TimeSpan.Zero; status.IsOk && runs.Count < MostRuns && (spent < MeasuredTime || runs.Count == 0); spent += first.Wall)
            {
                status = Run(lane, request, out first);
                runs.Add(first);
            }

            cost = new RunCost(request.RowCount, Median(runs, static run => run.Cpu), Median(runs, static run => run.Wall));
            return status;
        }
        catch (BackendException exception)
        {
            return new InferenceStatus(exception.Code, exception.Message);
        }
        finally
        {
            request.Discard();
        }
    }

    private static InferenceStatus Reserve(InferenceRequest request)
    {
        using var timeout = new CancellationTokenSource(ReserveTime);
        return request.ReserveAsync(timeout.Token).AsTask().GetAwaiter().GetResult();
    }

    private static InferenceStatus Run(WarmUpLane lane, InferenceRequest request, out RunCost cost)
    {
        using var patience = new Timer(static run => ((ModelRun)run!).RequestCancel(), lane.Run, Patience, Timeout.InfiniteTimeSpan);
        var waited = ProcessorWait.Now;
        var (cpu, wall) = (ThreadClock.Now, Stopwatch.GetTimestamp());
        var isPending = lane.Run.Execute(request, out var status) == ExecutionState.Pending;
        if (isPending)
        {
            status = lane.WaitForPending();
        }

        var (used, passed) = (ThreadClock.Now - cpu, Stopwatch.GetElapsedTime(wall));
        waited = ProcessorWait.Now - waited;

        // What a device does takes time, and none of this thread's.
        used = isPending ? passed : used;
        cost = new RunCost(request.RowCount, used, passed - waited > used ? passed - waited : used);
        lane.Run.End(ref status);
        return status.Code == StatusCode.Cancelled ? new InferenceStatus(StatusCode.DeadlineExceeded, $"a run did not end within {Patience.TotalSeconds:F0} s") : status;
    }

    private static TimeSpan Median(List<RunCost> runs, Func<RunCost, TimeSpan> select) => runs.Select(select).Order().ElementAt(runs.Count / 2);
}
