using Camshaft.Backends;
using Camshaft.Engine.Batching;
using Camshaft.Engine.Inference;
using Camshaft.Engine.Scheduling.Lanes;
using Camshaft.Engine.Scheduling.Planning;
using Camshaft.Engine.Scheduling.Policies;
using Camshaft.Engine.Scheduling.Queues;
using Camshaft.Engine.Scheduling.Runs;
using Camshaft.Engine.Telemetry;
using Camshaft.Engine.Telemetry.Snapshots;

namespace Camshaft.Engine.Scheduling;

/// <summary>
/// Brings requests and lanes of one device together. Each model has a bounded queue; free lanes get what the policy decides.
/// One lock guards queues, lanes and the states of requests; it is held for a few lines, never while a backend runs. Lives as
/// long as the engine; its threads end with <see cref="Dispose"/>.
/// </summary>
internal sealed class DeviceScheduler : IDisposable
{
    private readonly Lock _gate = new();
    private readonly ISchedulingPolicy _policy;
    private readonly TimeProvider _timeProvider;
    private readonly QueueTable _queues;
    private readonly LaneSet _lanes;
    private readonly DeadlineWatch _deadlines;
    private readonly MomentTimer _wake;
    private readonly MomentTimer _giveUp;
    private readonly Dispatcher _dispatcher;
    private readonly AbandonedRuns _abandoned;
    private readonly RequestEndings _endings;
    private readonly EarlyEnds _earlyEnds;
    private readonly CompletionThread _completions;
    private readonly bool _measuresCpu;
    private RunLog? _runs;

    /// <summary>Makes the scheduler of a device; <see cref="Start"/> starts its threads.</summary>
    /// <param name="device">The device.</param>
    /// <param name="layout">Its lanes.</param>
    /// <param name="policy">Who decides; this scheduler's alone.</param>
    /// <param name="timeProvider">The engine's clock.</param>
    /// <param name="completions">Completes what niced lanes have run; outlives the scheduler.</param>
    /// <param name="patience">How long a run may go on after everybody has stopped waiting for it.</param>
    public DeviceScheduler(IDevice device, LaneLayout layout, ISchedulingPolicy policy, TimeProvider timeProvider, CompletionThread completions, TimeSpan patience)
    {
        Device = device;
        _policy = policy;
        _timeProvider = timeProvider;
        _completions = completions;
        _measuresCpu = device.Kind == DeviceKind.Cpu;
        _queues = new QueueTable(timeProvider.TimestampFrequency, layout.HasClasses);
        _lanes = new LaneSet(this, device, layout);
        _deadlines = new DeadlineWatch(timeProvider, _ => _earlyEnds!.Expire());
        _wake = new MomentTimer(timeProvider, _ => AskAgain());
        _giveUp = new MomentTimer(timeProvider, _ => _earlyEnds!.GiveUpRuns());
        _dispatcher = new Dispatcher(policy, _queues, _lanes, _deadlines, _wake, timeProvider);
        _abandoned = new AbandonedRuns(_queues, _lanes, _deadlines, _giveUp, policy, timeProvider, patience);
        _endings = new RequestEndings(_queues, _deadlines, _abandoned, _dispatcher, timeProvider);
        _earlyEnds = new EarlyEnds(_gate, _endings, _deadlines, _abandoned, _lanes, _dispatcher);
    }

    public IDevice Device { get; }

    /// <summary>How many lanes there are, that for warm-ups included.</summary>
    public int LaneCount
    {
        get
        {
            lock (_gate)
            {
                return _lanes.All.Count + 1;
            }
        }
    }

    /// <summary>The ticks that a second of the engine's clock has.</summary>
    public long TicksPerSecond => _timeProvider.TimestampFrequency;

    /// <summary>The runs that were given up and go on.</summary>
    public IReadOnlyList<AbandonedRun> AbandonedRuns
    {
        get
        {
            lock (_gate)
            {
                return _abandoned.List();
            }
        }
    }

    /// <summary>When what waits and runs now will have been done, as far as profiles tell, in ticks from now.</summary>
    public long PredictedTicks
    {
        get
        {
            lock (_gate)
            {
                return _queues.EstimateTicks() / _lanes.Layout.Cores;
            }
        }
    }

    /// <summary>Whether nothing runs.</summary>
    public bool IsIdle
    {
        get
        {
            lock (_gate)
            {
                return _lanes.Use.Total == 0;
            }
        }
    }

    /// <summary>What the lanes do now, and have done.</summary>
    public IReadOnlyList<LaneSnapshot> ReadLanes()
    {
        lock (_gate)
        {
            var now = _timeProvider.GetTimestamp();
            return [.. _lanes.All.Select(lane => lane.Describe(now, _timeProvider))];
        }
    }

    /// <summary>Reads the runs that ended since the last reading, oldest first; they are remembered from the first reading on.</summary>
    /// <param name="position">Where the last reading ended; 0 for the first.</param>
    /// <param name="into">Where they are added.</param>
    /// <returns>Where this reading ended.</returns>
    public long ReadRuns(long position, ICollection<CompletedRun> into)
    {
        lock (_gate)
        {
            _runs ??= new RunLog(Device, _timeProvider);
            return _runs.Read(position, into);
        }
    }

    /// <summary>Starts the lanes' threads.</summary>
    public void Start()
    {
        lock (_gate)
        {
            _lanes.Start();
        }
    }

    /// <summary>Takes over how many processors there are: for those that came there are lanes more, and for those that went lanes stay free.</summary>
    public void Resize(int processors)
    {
        var work = default(DispatchResult);
        lock (_gate)
        {
            _lanes.Resize(LaneLayout.ForProcessors(processors, _policy));
            _dispatcher.DispatchAll(ref work);
        }

        work.CarryOut();
    }

    /// <summary>Makes a queue for a version of a model.</summary>
    public ModelQueue AddQueue(ModelShare share, BatchPlanner planner)
    {
        lock (_gate)
        {
            return _queues.Add(share, planner);
        }
    }

    /// <summary>Forgets a queue that has no requests any more.</summary>
    public void RemoveQueue(ModelQueue queue)
    {
        lock (_gate)
        {
            _queues.Remove(queue);
            if (queue.Share.Queues.Count == 0)
            {
                _policy.Forget(queue.Share.Index);
            }
        }
    }

    /// <summary>Takes over what runs of a model were measured to take, in place of what its queues have learned.</summary>
    public void Restart(ModelShare share, IReadOnlyList<RunCost> costs)
    {
        lock (_gate)
        {
            _queues.Restart(share, costs);
        }
    }

    /// <summary>What a queue looks like now.</summary>
    public QueueState GetState(ModelQueue queue)
    {
        lock (_gate)
        {
            return _queues[queue];
        }
    }

    /// <summary>Queues a request, or runs it here and now where that is quicker for everybody.</summary>
    public ValueTask<InferenceStatus> Submit(InferenceRequest request)
    {
        EngineLane? inline = null;
        InferenceStatus refusal;
        var work = default(DispatchResult);
        var answer = request.Answer;
        lock (_gate)
        {
            if (_endings.TryRefuse(request, out refusal))
            {
                request.State = RequestState.Ended;
            }
            else if (request.IsBackground)
            {
                refusal = StartInBackground(request, ref work);
            }
            else
            {
                request.WasAccepted = true;
                _deadlines.Add(request);
                if (_dispatcher.MayRunInline(request))
                {
                    inline = _dispatcher.TakeInline(request);
                }
                else
                {
                    request.State = RequestState.Queued;
                    _queues.Enqueue(request);
                    _dispatcher.DispatchFor(request.Queue, ref work);
                }
            }
        }

        if (inline is not null)
        {
            Run(inline, measuresCpu: false);
        }
        else if (refusal.IsOk)
        {
            work.CarryOut();
        }
        else
        {
            request.Complete(refusal);
        }

        return answer;
    }

    /// <summary>Whether a run that nobody waits for could start now.</summary>
    public bool HasRoomInBackground
    {
        get
        {
            lock (_gate)
            {
                return _dispatcher.HasRoomInBackground;
            }
        }
    }

    /// <summary>Ends a request early, if it is still the one that the caller means.</summary>
    public void Cancel(InferenceRequest request, int generation, StatusCode code) => _earlyEnds.Cancel(request, generation, code);

    /// <summary>Ends every request of a model, for a stop that has waited long enough.</summary>
    public void CancelAll(ModelShare share, StatusCode code) => _earlyEnds.CancelAll(share, code);

    /// <summary>Takes a request back from its owner.</summary>
    /// <param name="request">The request.</param>
    /// <param name="isHeld">Whether a run that was given up may still touch it: then the lane recycles it when that has ended.</param>
    /// <returns>Whether it had been submitted.</returns>
    public bool Release(InferenceRequest request, out bool isHeld)
    {
        lock (_gate)
        {
            ObjectDisposedException.ThrowIf(request.State == RequestState.Free, request);
            if (request.State is RequestState.Queued or RequestState.Running)
            {
                throw new InvalidOperationException($"{request.Model}: a request is disposed while it is {request.State}; await its answer first.");
            }

            var wasSubmitted = request.State == RequestState.Ended;
            request.State = RequestState.Free;
            request.Generation++;
            request.CancelCode = StatusCode.Ok;
            isHeld = request.IsHeldByLane;
            return wasSubmitted;
        }
    }

    /// <summary>Runs a lane's batch, on the lane's thread.</summary>
    public void Run(EngineLane lane) => Run(lane, _measuresCpu);

    // To ask for the thread's processor time twice costs a good part of a run that is short enough for its caller's thread.
    private void Run(EngineLane lane, bool measuresCpu)
    {
        var first = lane.Request!;
        var now = _timeProvider.GetTimestamp();
        for (var request = first; request is not null; request = request.NextInBatch)
        {
            request.MutableTimings.RunStarted = now;
        }

        var cpu = measuresCpu ? ThreadClock.Now : default;
        if (lane.Run.Execute(first, out var status) == ExecutionState.Completed)
        {
            EndRun(lane, status, measuresCpu ? (long)((ThreadClock.Now - cpu).TotalSeconds * TicksPerSecond) : 0);
        }
    }

    /// <summary>Has a run ended on the completion thread.</summary>
    public void PostEnd(EngineLane lane) => _completions.Post(lane);

    /// <summary>Takes the outputs from a run whose backend is done, on whatever thread that is, and has its requests handed to their owners.</summary>
    public void EndRun(EngineLane lane, InferenceStatus status, long cpuTicks)
    {
        var ended = _timeProvider.GetTimestamp();
        var rows = lane.Run.RowCount;
        var first = lane.Run.End(ref status);
        var completed = _timeProvider.GetTimestamp();
        for (var request = first; request is not null; request = request.NextInBatch)
        {
            request.MutableTimings.RunEnded = ended;
            request.MutableTimings.Completed = completed;
            request.RunOutcome = status.IsOk ? request.CheckOutputs() : status;
        }

        lane.Result = new RunResult(first, status, rows, ended, ended - first.Timings.RunStarted, cpuTicks);
        if (LaneWorker.IsNiced(lane.Class))
        {
            _completions.Post(lane);
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
        var model = result.First.Model;
        model.Recorder.CountExecution(result.Rows, result.First.Timings, result.Status.IsOk);
        if (!_measuresCpu && result.CpuTicks > 0)
        {
            model.Recorder.CountDeviceTime(Device, result.CpuTicks);
        }

        model.ReportRun(result.Status.Code);
        InferenceRequest? over = null;
        var work = default(DispatchResult);
        bool isAbandoned;
        lock (_gate)
        {
            isAbandoned = lane.IsAbandoned;
            if (!isAbandoned)
            {
                over = FinishUnderLock(lane, result);
                _dispatcher.DispatchAll(ref work);
            }
        }

        work.CarryOut();
        DispatchResult.CompleteAll(over);
        if (isAbandoned)
        {
            EndAbandoned(lane, result);
        }
    }

    /// <summary>Ends the threads and the lanes. After the last request, but for those of runs that were given up: their threads end with them.</summary>
    public void Dispose()
    {
        List<EngineLane> ended;
        lock (_gate)
        {
            _endings.Stop();
            ended = [.. _lanes.All.Where(static lane => !lane.IsAbandoned)];
        }

        foreach (var lane in ended)
        {
            lane.Worker!.Dispose();
            lane.Dispose();
        }

        _deadlines.Dispose();
        _wake.Dispose();
        _giveUp.Dispose();
    }

    private void EndAbandoned(EngineLane lane, in RunResult result)
    {
        // First, while the lane still holds its requests and its place: without them the version may be unloaded, and whoever has the place next would
        // find the instance there.
        result.First.Model.ReportReturned(lane.Native);
        List<InferenceRequest> left;
        lock (_gate)
        {
            left = _abandoned.End(lane);
        }

        foreach (var request in left)
        {
            request.Recycle();
        }

        lane.Worker!.EndItself();
        lane.Dispose();
    }

    // Under the lock.
    // It waits for nothing: what cannot start at once is in the way, or will be.
    private InferenceStatus StartInBackground(InferenceRequest request, ref DispatchResult work)
    {
        if (!_dispatcher.HasRoomInBackground)
        {
            request.State = RequestState.Ended;
            return RequestErrors.NoRoomInBackground(request.Model);
        }

        request.WasAccepted = true;
        _deadlines.Add(request);
        work.AddStarted(_dispatcher.TakeInBackground(request));
        return InferenceStatus.Ok;
    }

    // Returns the requests that are over, linked; null when none is.
    private InferenceRequest? FinishUnderLock(EngineLane lane, in RunResult result)
    {
        var queue = result.First.Queue;
        _policy.Account(queue.Share.Index, lane.BookedCpuTicks, result.DeviceTicks);
        if (result.Status.IsOk && lane.Class != LaneClass.Background)
        {
            _queues.Record(queue, result);
            _policy.Observe(lane.Class, lane.ExpectedTicks, result.WallTicks);
        }

        queue.Share.RoomSince = queue.Share.HasRoom ? queue.Share.RoomSince : result.EndTime;
        _queues.CountRun(queue, -1);
        lane.Use.End(result.EndTime);
        _runs?.Add(lane, result);
        lane.Request = null;
        lane.UnwantedSince = 0;

        // Here and not before: until the requests have ended a cancel still reaches this lane's token.
        var over = _endings.End(result.First, isRetried: !result.Status.IsOk && result.First.NextInBatch is not null);
        lane.Run.ResetCancellation();
        _lanes.GiveBack(lane);
        if (lane.Class == LaneClass.Background)
        {
            _dispatcher.EndInBackground();
        }

        return over;
    }

    private void AskAgain()
    {
        var work = default(DispatchResult);
        lock (_gate)
        {
            _wake.Forget();
            _dispatcher.DispatchAll(ref work);
        }

        work.CarryOut();
    }
}
