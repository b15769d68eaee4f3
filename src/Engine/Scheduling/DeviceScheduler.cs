using Camshaft.Backends;
using Camshaft.Engine.Inference;

namespace Camshaft.Engine.Scheduling;

/// <summary>
/// Brings requests and lanes of one device together. Each model has a bounded queue; a free lane asks the policy whose
/// head to run next. One lock guards queues, lanes and the states of requests; it is held for a few lines, never while a
/// backend runs. Lives as long as the engine; its threads end with <see cref="Dispose"/>.
/// </summary>
/// <remarks>
/// A lane is a token, not a thread: a worker thread takes a free one together with a request, and so does a caller that
/// runs its short request itself. Who holds a lane runs on it; nobody else does.
/// </remarks>
internal sealed class DeviceScheduler : IDisposable
{
    // A plain object: the workers wait on it, which Lock does not offer.
    private readonly object _gate = new();
    private readonly ISchedulingPolicy _policy;
    private readonly TimeProvider _timeProvider;
    private readonly EngineLane[] _lanes;
    private readonly Stack<EngineLane> _freeLanes;
    private readonly List<Thread> _workers = [];
    private readonly QueueTable _queues = new();
    private readonly DeadlineWatch _deadlines;
    private readonly ITimer _wakeTimer;
    private int _waitingWorkers;
    private bool _stopping;

    public DeviceScheduler(IDevice device, int laneCount, ISchedulingPolicy policy, TimeProvider timeProvider)
    {
        Device = device;
        _policy = policy;
        _timeProvider = timeProvider;
        _deadlines = new DeadlineWatch(timeProvider, _ => ExpireRequests());
        _lanes = [.. Enumerable.Range(0, laneCount).Select(index => new EngineLane(this, device.CreateLane(index)))];
        _freeLanes = new Stack<EngineLane>(_lanes.Reverse());
        _wakeTimer = timeProvider.CreateTimer(static self => ((DeviceScheduler)self!).WakeIfQueued(), this, Timeout.InfiniteTimeSpan, Timeout.InfiniteTimeSpan);
    }

    public IDevice Device { get; }

    public int LaneCount => _lanes.Length;

    /// <summary>The ticks that a second of the engine's clock has.</summary>
    public long TicksPerSecond => _timeProvider.TimestampFrequency;

    /// <summary>Starts one worker thread for each lane.</summary>
    public void Start()
    {
        foreach (var lane in _lanes)
        {
            var worker = new Thread(Work) { IsBackground = true, Name = $"camshaft-lane-{lane.Native.Index}" };
            _workers.Add(worker);
            worker.Start();
        }
    }

    /// <summary>Makes a queue for a version of a model.</summary>
    public ModelQueue AddQueue(ModelShare share, BatchPlan plan)
    {
        lock (_gate)
        {
            return _queues.Add(share, plan);
        }
    }

    /// <summary>Forgets a queue that has no requests any more.</summary>
    public void RemoveQueue(ModelQueue queue)
    {
        lock (_gate)
        {
            _queues.Remove(queue);
        }
    }

    /// <summary>Whether every worker waits for something to run.</summary>
    public bool IsIdle
    {
        get
        {
            lock (_gate)
            {
                return _waitingWorkers == _workers.Count && _freeLanes.Count == _lanes.Length;
            }
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
        var queue = request.Queue;
        EngineLane? lane = null;
        InferenceStatus refusal = default;
        var answer = request.Answer;
        lock (_gate)
        {
            if (TryRefuse(request, queue, out refusal))
            {
                request.State = RequestState.Ended;
            }
            else if (MayRunInline(request, queue))
            {
                lane = Take(request);
            }
            else
            {
                request.State = RequestState.Queued;
                _queues.Enqueue(request);
                WakeWorker();
            }

            if (refusal.IsOk)
            {
                _deadlines.Add(request);
            }
        }

        if (lane is not null)
        {
            Run(lane);
            WakeIfQueued();
        }
        else if (!refusal.IsOk)
        {
            request.Complete(refusal);
        }

        return answer;
    }

    /// <summary>Ends a request early, if it is still the one that the caller means.</summary>
    public void Cancel(InferenceRequest request, int generation, StatusCode code)
    {
        lock (_gate)
        {
            if (request.Generation != generation || !CancelUnderLock(request, code))
            {
                return;
            }
        }

        request.Complete(RequestErrors.Ended(request.Model, code));
    }

    /// <summary>Ends every request of a model, for a stop that has waited long enough.</summary>
    public void CancelAll(ModelShare share, StatusCode code)
    {
        while (true)
        {
            InferenceRequest? request;
            lock (_gate)
            {
                request = FindWaiting(share);
                if (request is null)
                {
                    foreach (var lane in _lanes)
                    {
                        for (var running = lane.Request?.Model == share.Model ? lane.Request : null; running is not null; running = running.NextInBatch)
                        {
                            CancelUnderLock(running, code);
                        }
                    }

                    return;
                }

                CancelUnderLock(request, code);
            }

            request.Complete(RequestErrors.Ended(request.Model, code));
        }
    }

    /// <summary>Takes a request back from its owner.</summary>
    /// <returns>Whether it had been submitted.</returns>
    public bool Release(InferenceRequest request)
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
            return wasSubmitted;
        }
    }

    /// <summary>
    /// Ends the run on a lane: gives the lane back, then hands the requests to their owners. A batch that failed is not over:
    /// its requests run once more, each alone, so that only the one which is to blame fails. Wakes nobody: the caller takes the
    /// next batch itself.
    /// </summary>
    public void Finish(EngineLane lane, InferenceStatus status)
    {
        var ended = _timeProvider.GetTimestamp();
        var rows = lane.Run.RowCount;
        var first = lane.Run.End(ref status);
        var started = first.Timings.RunStarted;
        var isRetried = !status.IsOk && first.NextInBatch is not null;
        first.Model.ReportRun(status.Code);
        var completed = _timeProvider.GetTimestamp();
        for (var request = first; request is not null; request = request.NextInBatch)
        {
            request.MutableTimings.RunEnded = ended;
            request.MutableTimings.Completed = completed;
            request.Outcome = status.IsOk ? request.CheckOutputs() : status;
        }

        lock (_gate)
        {
            first.Queue.RecordRun(ended - started, rows);
            _queues.CountRun(first.Queue, -1);
            lane.Request = null;

            // Here and not before: until the requests have ended a cancel still reaches this lane's token.
            first = EndUnderLock(first, isRetried);
            lane.Run.ResetCancellation();
            _freeLanes.Push(lane);
        }

        while (first is not null)
        {
            // Its owner may use it again as soon as it is complete.
            var next = first.NextInBatch;
            first.NextInBatch = null;
            first.Complete(first.Outcome);
            first = next;
        }
    }

    /// <summary>Ends a run that its backend completed later, on whatever thread that was.</summary>
    public void FinishPending(EngineLane lane, InferenceStatus status)
    {
        Finish(lane, status);
        WakeIfQueued();
    }

    /// <summary>Ends the worker threads and the lanes. After the last request.</summary>
    public void Dispose()
    {
        lock (_gate)
        {
            _stopping = true;
            Monitor.PulseAll(_gate);
        }

        foreach (var worker in _workers)
        {
            worker.Join();
        }

        _deadlines.Dispose();
        _wakeTimer.Dispose();
        foreach (var lane in _lanes)
        {
            lane.Dispose();
        }
    }

    private void Work()
    {
        while (TakeNext() is { } lane)
        {
            Run(lane);
        }
    }

    private void Run(EngineLane lane)
    {
        var first = lane.Request!;
        var now = _timeProvider.GetTimestamp();
        for (var request = first; request is not null; request = request.NextInBatch)
        {
            request.MutableTimings.RunStarted = now;
        }

        if (lane.Run.Execute(first, out var status) == ExecutionState.Completed)
        {
            Finish(lane, status);
        }
    }

    /// <summary>Waits for a request and a lane for it; null when the engine stops.</summary>
    private EngineLane? TakeNext()
    {
        lock (_gate)
        {
            while (!_stopping)
            {
                if (_queues.Queued > 0 && _freeLanes.Count > 0)
                {
                    var lanes = new LaneUse { Cores = LaneCount, Any = _queues.Running };
                    var decision = _policy.Decide(new DeviceState(_queues.States, _queues.Models, lanes, _timeProvider.GetTimestamp()), LaneClass.Any);
                    if (decision.IsRun)
                    {
                        return Take(_queues.Dequeue(decision.Queue, decision.Rows));
                    }

                    WakeAt(decision.WakeAt);
                }

                _waitingWorkers++;
                Monitor.Wait(_gate);
                _waitingWorkers--;
            }

            return null;
        }
    }

    // Everything below is called under the lock, but for the timers' and WakeIfQueued, which take it.

    private bool MayRunInline(InferenceRequest request, ModelQueue queue) =>
        request.MayRunInline && queue.MaxRows == 1 && _queues.Queued == 0 && _freeLanes.Count > 0 && queue.Share.HasRoom
        && queue.IsShort(_timeProvider.TimestampFrequency);

    private EngineLane Take(InferenceRequest first)
    {
        var lane = _freeLanes.Pop();
        var now = _timeProvider.GetTimestamp();
        lane.Request = first;
        for (var request = first; request is not null; request = request.NextInBatch)
        {
            request.State = RequestState.Running;
            request.Lane = lane;
            request.MutableTimings.Taken = now;
        }

        _queues.CountRun(first.Queue, 1);
        return lane;
    }

    /// <summary>Ends the requests of a batch, or lets them run again, each alone.</summary>
    /// <returns>Those that are over, linked; null when none is.</returns>
    private InferenceRequest? EndUnderLock(InferenceRequest first, bool isRetried)
    {
        InferenceRequest? over = null;
        InferenceRequest? again = null;
        for (InferenceRequest? request = first, next; request is not null; request = next)
        {
            next = request.NextInBatch;
            request.Lane = null;
            ref var list = ref isRetried && request.CancelCode == StatusCode.Ok && !_stopping ? ref again : ref over;
            request.NextInBatch = list;
            list = request;
        }

        // The lists are in reverse by now, which is the order for putting back at the front.
        for (InferenceRequest? request = again, next; request is not null; request = next)
        {
            next = request.NextInBatch;
            request.NextInBatch = null;
            request.RunsAlone = true;
            request.State = RequestState.Queued;
            _queues.PutBack(request);
        }

        for (var request = over; request is not null; request = request.NextInBatch)
        {
            request.State = RequestState.Ended;
            _deadlines.Remove(request);
            if (request.CancelCode != StatusCode.Ok)
            {
                request.Outcome = RequestErrors.Ended(request.Model, request.CancelCode);
            }
        }

        return over;
    }

    private static InferenceRequest? FindWaiting(ModelShare share)
    {
        foreach (var queue in share.Queues)
        {
            if (queue.First is { } first)
            {
                return first;
            }
        }

        return null;
    }

    private bool TryRefuse(InferenceRequest request, ModelQueue queue, out InferenceStatus refusal)
    {
        refusal = default;
        if (request.CancelCode == StatusCode.Ok && request.Deadline <= _timeProvider.GetTimestamp())
        {
            request.CancelCode = StatusCode.DeadlineExceeded;
        }

        if (request.CancelCode != StatusCode.Ok)
        {
            refusal = RequestErrors.Ended(request.Model, request.CancelCode);
        }
        else if (_stopping)
        {
            refusal = RequestErrors.Stopping(request.Model);
        }
        else if (queue.Share.Depth >= queue.Share.QueueLimit)
        {
            refusal = RequestErrors.QueueFull(request.Model, queue.Share.QueueLimit);
        }

        return !refusal.IsOk;
    }

    /// <returns>Whether the request is over now, so that the caller has to complete it, after the lock.</returns>
    private bool CancelUnderLock(InferenceRequest request, StatusCode code)
    {
        switch (request.State)
        {
            case RequestState.Building:
                request.CancelCode = code;
                return false;

            case RequestState.Queued:
                _queues.Withdraw(request);
                _deadlines.Remove(request);
                request.State = RequestState.Ended;
                return true;

            case RequestState.Running when request.CancelCode == StatusCode.Ok:
                request.CancelCode = code;
                if (request.Lane!.IsAbandoned)
                {
                    request.Lane.Run.RequestCancel();
                }

                return false;

            default:
                return false;
        }
    }

    private void ExpireRequests()
    {
        while (true)
        {
            InferenceRequest? expired;
            lock (_gate)
            {
                expired = _deadlines.TakeExpired();
                if (expired is null)
                {
                    return;
                }

                if (!CancelUnderLock(expired, StatusCode.DeadlineExceeded))
                {
                    continue;
                }
            }

            expired.Complete(RequestErrors.Ended(expired.Model, StatusCode.DeadlineExceeded));
        }
    }

    private void WakeWorker()
    {
        if (_waitingWorkers > 0 && _freeLanes.Count > 0)
        {
            Monitor.Pulse(_gate);
        }
    }

    private void WakeAt(long timestamp)
    {
        if (timestamp != long.MaxValue)
        {
            var due = _timeProvider.GetElapsedTime(_timeProvider.GetTimestamp(), timestamp);
            _wakeTimer.Change(due < TimeSpan.Zero ? TimeSpan.Zero : due, Timeout.InfiniteTimeSpan);
        }
    }

    private void WakeIfQueued()
    {
        lock (_gate)
        {
            if (_queues.Queued > 0)
            {
                WakeWorker();
            }
        }
    }
}
