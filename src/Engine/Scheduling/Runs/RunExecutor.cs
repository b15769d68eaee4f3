using Camshaft.Backends;
using Camshaft.Engine.Inference;
using Camshaft.Engine.Scheduling.Lanes;
using Camshaft.Engine.Scheduling.Queues;
using Camshaft.Engine.Telemetry;
using Camshaft.Engine.Telemetry.Snapshots;

namespace Camshaft.Engine.Scheduling.Runs;

/// <summary>
/// Carries the batches of lanes through their backends, each on its lane's thread or on its caller's, without the scheduler's lock; then, with it,
/// gives the lane back, and after it hands the requests to their owners. Whoever holds a lane calls for that lane.
/// </summary>
/// <param name="device">The lanes' device.</param>
/// <param name="gate">The scheduler's lock.</param>
/// <param name="dispatcher">Takes lanes back, and finds work for them.</param>
/// <param name="endings">What ending a batch takes.</param>
/// <param name="abandoned">The runs that were given up.</param>
/// <param name="completions">Hands on what niced lanes and accelerators have run.</param>
/// <param name="timeProvider">The engine's clock.</param>
internal sealed class RunExecutor(IDevice device, Lock gate, Dispatcher dispatcher, RequestEndings endings, AbandonedRuns abandoned, CompletionThread completions, TimeProvider timeProvider)
{
    private readonly bool _measuresCpu = device.Kind == DeviceKind.Cpu;
    private RunLog? _log;

    /// <summary>Runs a lane's batch, on the lane's thread.</summary>
    public void Run(EngineLane lane) => Run(lane, _measuresCpu);

    /// <summary>Runs a lane's batch on the thread of the caller that it comes from.</summary>
    public void RunInline(EngineLane lane) => Run(lane, measuresCpu: false);

    /// <summary>Has a run ended on the completion thread.</summary>
    public void PostEnd(EngineLane lane) => completions.Post(lane);

    /// <summary>Takes the outputs from a run whose backend is done, on whatever thread that is, and has its requests handed to their owners.</summary>
    /// <param name="lane">The lane.</param>
    /// <param name="status">How the run went.</param>
    /// <param name="deviceTime">The processor time of its thread, or how long an accelerator computed; zero = not known.</param>
    public void End(EngineLane lane, InferenceStatus status, TimeSpan deviceTime)
    {
        var ended = timeProvider.GetTimestamp();
        var rows = lane.Run.RowCount;
        var first = lane.Run.End(ref status);
        var completed = timeProvider.GetTimestamp();
        for (var request = first; request is not null; request = request.NextInBatch)
        {
            request.MutableTimings.RunEnded = ended;
            request.MutableTimings.Completed = completed;
            request.RunOutcome = status.IsOk ? request.CheckOutputs() : status;
        }

        var deviceTicks = (long)(deviceTime.TotalSeconds * timeProvider.TimestampFrequency);
        lane.Result = new RunResult(first, status, rows, ended, ended - first.Timings.RunStarted, deviceTicks);
        if (LaneWorker.IsNiced(lane.Class))
        {
            completions.Post(lane);
        }
        else
        {
            Finish(lane);
        }
    }

    /// <summary>
    /// Gives a lane back after its run, finds work for the free lanes, and hands the requests to their owners. A batch that
    /// failed is not over: its requests run once more, each alone, so that only the one which is to blame fails.
    /// </summary>
    public void Finish(EngineLane lane)
    {
        var result = lane.Result;
        Count(result);
        InferenceRequest? over = null;
        var work = default(DispatchResult);
        bool isAbandoned;
        lock (gate)
        {
            isAbandoned = lane.IsAbandoned;
            if (!isAbandoned)
            {
                _log?.Add(lane, result);
                over = endings.End(result.First, isRetried: !result.Status.IsOk && result.First.NextInBatch is not null);
                dispatcher.GiveBack(lane, result);
                dispatcher.DispatchAll(ref work);
            }
        }

        work.CarryOut();
        DispatchResult.CompleteAll(over);
        if (isAbandoned)
        {
            EndAbandoned(lane, result);
        }
    }

    /// <summary>Reads the runs that ended since the last reading, oldest first; they are remembered from the first reading on. Any thread.</summary>
    /// <param name="position">Where the last reading ended; 0 for the first.</param>
    /// <param name="into">Where they are added.</param>
    /// <returns>Where this reading ended.</returns>
    public long ReadLog(long position, ICollection<CompletedRun> into)
    {
        lock (gate)
        {
            _log ??= new RunLog(device, timeProvider);
            return _log.Read(position, into);
        }
    }

    // To ask for the thread's processor time twice costs a good part of a run that is short enough for its caller's thread.
    private void Run(EngineLane lane, bool measuresCpu)
    {
        var first = lane.Request!;
        var now = timeProvider.GetTimestamp();
        for (var request = first; request is not null; request = request.NextInBatch)
        {
            request.MutableTimings.RunStarted = now;
        }

        var cpu = measuresCpu ? ThreadClock.Now : default;
        if (lane.Run.Execute(first, out var status) == ExecutionState.Completed)
        {
            End(lane, status, measuresCpu ? ThreadClock.Now - cpu : default);
        }
    }

    private void Count(in RunResult result)
    {
        var model = result.First.Model;
        model.Recorder.CountExecution(result.Rows, result.First.Timings, result.Status.IsOk);
        if (!_measuresCpu && result.CpuTicks > 0)
        {
            model.Recorder.CountDeviceTime(device, result.CpuTicks);
        }

        model.ReportRun(result.Status.Code);
    }

    private void EndAbandoned(EngineLane lane, in RunResult result)
    {
        // First, while the lane still holds its requests and its place: without them the version may be unloaded, and whoever has the place next would
        // find the instance there.
        result.First.Model.ReportReturned(lane.Native);
        List<InferenceRequest> left;
        var work = default(DispatchResult);
        lock (gate)
        {
            left = abandoned.End(lane);
            dispatcher.DispatchAll(ref work);
        }

        work.CarryOut();
        foreach (var request in left)
        {
            request.Recycle();
        }

        lane.Worker!.EndItself();
        lane.Dispose();
    }
}
