using Camshaft.Backends;
using Camshaft.Engine.Batching;
using Camshaft.Engine.Inference;
using Camshaft.Engine.Scheduling.Lanes;
using Camshaft.Engine.Scheduling.Planning;
using Camshaft.Engine.Scheduling.Policies;
using Camshaft.Engine.Scheduling.Queues;
using Camshaft.Engine.Scheduling.Runs;
using Camshaft.Engine.Telemetry.Snapshots;

namespace Camshaft.Engine.Scheduling;

/// <summary>
/// Brings requests and lanes of one device together. Each model has a bounded queue; free lanes get what the policy decides. Lives as
/// long as the engine; its threads end with <see cref="Dispose"/>.
/// </summary>
/// <remarks>
/// One lock guards queues, lanes and the states of requests. It is taken here, by <see cref="EarlyEnds"/> and by <see cref="RunExecutor"/>, and by
/// nothing else: the other parts, which say that they are guarded by it, count on these. It is held for a few lines, never while a backend runs
/// or a request is handed to its owner; what is to follow outside is collected in a <see cref="DispatchResult"/>.
/// </remarks>
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
    private readonly Admission _admission;
    private readonly EarlyEnds _earlyEnds;

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
        _queues = new QueueTable(timeProvider.TimestampFrequency, layout.HasClasses);
        _lanes = new LaneSet(this, device, layout);
        _deadlines = new DeadlineWatch(timeProvider, _ => _earlyEnds!.Expire());
        _wake = new MomentTimer(timeProvider, _ => AskAgain());
        _giveUp = new MomentTimer(timeProvider, _ => _earlyEnds!.GiveUpRuns());
        _dispatcher = new Dispatcher(policy, _queues, _lanes, _deadlines, _wake, timeProvider);
        _abandoned = new AbandonedRuns(_queues, _lanes, _deadlines, _giveUp, policy, timeProvider, patience);
        _endings = new RequestEndings(_queues, _deadlines, _abandoned);
        _admission = new Admission(_queues, _deadlines, _endings, _dispatcher, timeProvider);
        _earlyEnds = new EarlyEnds(_gate, _endings, _deadlines, _abandoned, _lanes, _dispatcher);
        Runs = new RunExecutor(device, _gate, _dispatcher, _endings, _abandoned, completions, timeProvider);
    }

    public IDevice Device { get; }

    /// <summary>Carries out what lanes were given.</summary>
    public RunExecutor Runs { get; }

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
        EngineLane? inline;
        InferenceStatus refusal;
        var work = default(DispatchResult);
        var answer = request.Answer;
        lock (_gate)
        {
            refusal = _admission.Admit(request, ref work, out inline);
        }

        if (inline is not null)
        {
            Runs.RunInline(inline);
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

    /// <summary>Ends the threads and the lanes. After the last request, but for those of runs that were given up: their threads end with them.</summary>
    public void Dispose()
    {
        List<EngineLane> ended;
        lock (_gate)
        {
            _endings.Stop();
            ended = _lanes.End();
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
