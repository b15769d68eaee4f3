using System.Diagnostics;
using Camshaft.Backends;
using Camshaft.Engine.Batching;
using Camshaft.Engine.Inference;
using Camshaft.Engine.Models;
using Camshaft.Engine.Scheduling;

namespace Camshaft.Engine.Orchestration.WarmUp;

/// <summary>
/// Runs a model before it serves, so that its first request is no slower than others, and measures what batches of it take.
/// These runs are no requests and are counted nowhere. On the loader's thread.
/// </summary>
internal static class ModelWarmUp
{
    // A second start of eight models is to take a second altogether: a few runs of each, and no large batch of a slow model.
    private static readonly TimeSpan MeasuredTime = TimeSpan.FromMilliseconds(10);
    private static readonly TimeSpan LongestRun = TimeSpan.FromMilliseconds(200);
    private const int MostRuns = 20;

    // Made-up inputs may send a model into a loop; no run of a model that serves takes that long.
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(30);
    private const int LargestBatch = 32;

    // How long a load waits for memory that requests hold.
    private static readonly TimeSpan ReserveTime = TimeSpan.FromSeconds(5);

    /// <summary>Runs one row and then, where requests could join, batches of 2, 4, 8… rows, as long as that tells something.</summary>
    /// <param name="loaded">The version, attached and not yet ready.</param>
    /// <param name="version">The same.</param>
    /// <param name="joins">Whether batches are worth measuring.</param>
    /// <param name="failure">Why it did not work with made-up inputs; null when it did.</param>
    /// <returns>What runs take, by rows ascending; empty when it did not work.</returns>
    public static IReadOnlyList<RunCost> Measure(LoadedVersion loaded, ModelVersion version, bool joins, out string? failure)
    {
        var costs = new List<RunCost>();
        failure = null;
        using var lane = new WarmUpLane(loaded.Scheduler);
        try
        {
            for (var rows = 1; rows <= (joins ? LargestBatch : 1); rows *= 2)
            {
                var status = TryMeasure(loaded, lane, rows, out var cost);
                if (!status.IsOk)
                {
                    failure = rows == 1 ? status.Message : null;
                    break;
                }

                costs.Add(cost);
                if (cost.Wall > LongestRun)
                {
                    break;
                }
            }
        }
        catch (BackendException exception)
        {
            failure = exception.Message;
        }
        finally
        {
            version.ReleaseInstance(lane.Native);
        }

        return costs;
    }

    private static InferenceStatus TryMeasure(LoadedVersion loaded, WarmUpLane lane, int rows, out RunCost cost)
    {
        cost = default;
        var request = loaded.CreateRequest();
        try
        {
            var status = SampleInputs.Declare(request, rows);
            if (!status.IsOk || !(status = Reserve(request)).IsOk)
            {
                return status;
            }

            request.RowCount = rows;
            SampleInputs.Fill(request);
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

            cost = new RunCost(rows, Median(runs, static run => run.Cpu), Median(runs, static run => run.Wall));
            return status;
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
        var (cpu, wall) = (ThreadClock.Now, Stopwatch.GetTimestamp());
        if (lane.Run.Execute(request, out var status) == ExecutionState.Pending)
        {
            status = lane.WaitForPending();
        }

        cost = new RunCost(request.RowCount, ThreadClock.Now - cpu, Stopwatch.GetElapsedTime(wall));
        lane.Run.End(ref status);
        return status.Code == StatusCode.Cancelled ? new InferenceStatus(StatusCode.DeadlineExceeded, $"a run did not end within {Patience.TotalSeconds:F0} s") : status;
    }

    private static TimeSpan Median(List<RunCost> runs, Func<RunCost, TimeSpan> select) => runs.Select(select).Order().ElementAt(runs.Count / 2);
}
