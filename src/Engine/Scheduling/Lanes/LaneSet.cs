using Camshaft.Backends;

namespace Camshaft.Engine.Scheduling.Lanes;

/// <summary>
/// The lanes of a device: which are free, what runs on the others, and their threads. Guarded by the scheduler's lock.
/// </summary>
/// <remarks>
/// A lane is a token and may be held without its thread: a caller that runs its short request itself takes a free one too.
/// Place 0 among the lanes of a device is the warm-up's.
/// </remarks>
internal sealed class LaneSet
{
    private readonly DeviceScheduler _scheduler;
    private readonly IDevice _device;
    private readonly List<EngineLane> _lanes = [];
    private readonly Stack<EngineLane>[] _free = [new(), new(), new(), new(), new()];
    private readonly Stack<int> _unusedIndices = new();
    private LaneLayout _layout;
    private int _nextIndex = WarmUpIndex + 1;
    private LaneUse _use;
    private bool _isStarted;
    private bool _hasEnded;

    public LaneSet(DeviceScheduler scheduler, IDevice device, LaneLayout layout)
    {
        _scheduler = scheduler;
        _device = device;
        _layout = layout;
        Resize(layout);
    }

    /// <summary>The place of a lane beside these, on which a model is warmed up.</summary>
    public static int WarmUpIndex => 0;

    /// <summary>What runs now.</summary>
    public ref readonly LaneUse Use => ref _use;

    /// <summary>How many cores and which lanes there are.</summary>
    public LaneLayout Layout => _layout;

    /// <summary>Every lane, those included whose run was given up.</summary>
    public IReadOnlyList<EngineLane> All => _lanes;

    /// <summary>Takes over how many cores there are. Lanes beyond stay, and are left free.</summary>
    public void Resize(LaneLayout layout)
    {
        _layout = layout;
        _use.Cores = layout.Cores;
        Fill();
    }

    /// <summary>Whether a run that nobody waits for may start: there is a core that nothing uses.</summary>
    public bool HasFreeInBackground => _use.Total < _use.Cores && _free[(int)LaneClass.Background].Count > 0;

    /// <summary>Starts the threads.</summary>
    public void Start()
    {
        _isStarted = true;
        foreach (var lane in _lanes)
        {
            lane.Worker!.Start();
        }
    }

    /// <summary>Makes no more lanes.</summary>
    /// <returns>The lanes to be ended, after the lock. Those whose runs were given up end with these.</returns>
    public List<EngineLane> End()
    {
        _hasEnded = true;
        return _lanes.FindAll(static lane => !lane.IsAbandoned);
    }

    public bool HasFree(LaneClass laneClass) => _free[(int)laneClass].Count > 0 && _use.GetRunning(laneClass) < _layout.LanesPerClass;

    public EngineLane Take(LaneClass laneClass)
    {
        _use.Add(laneClass, 1);
        return _free[(int)laneClass].Pop();
    }

    public void GiveBack(EngineLane lane)
    {
        _use.Add(lane.Class, -1);
        _free[(int)lane.Class].Push(lane);
    }

    /// <summary>Stops counting on a lane whose run does not end.</summary>
    /// <param name="lane">The lane.</param>
    /// <param name="isReplaced">Whether a new lane takes its place.</param>
    public void GiveUp(EngineLane lane, bool isReplaced)
    {
        _use.Add(lane.Class, -1);
        if (isReplaced)
        {
            Add(lane.Class);
        }
    }

    /// <summary>Forgets a lane whose run was given up and has ended at last. A new one takes its place, if none did.</summary>
    public void Remove(EngineLane lane)
    {
        _lanes.Remove(lane);
        _unusedIndices.Push(lane.Native.Index);
        Fill();
    }

    private void Fill()
    {
        if (_hasEnded)
        {
            return;
        }

        foreach (var laneClass in _layout.Classes)
        {
            Fill(laneClass, _layout.LanesPerClass);
        }

        Fill(LaneClass.Background, 1);
    }

    // Those whose runs were given up are no use to anybody, and go when they end.
    private void Fill(LaneClass laneClass, int wanted)
    {
        for (var count = _lanes.Count(lane => lane.Class == laneClass && !lane.IsAbandoned); count < wanted; count++)
        {
            Add(laneClass);
        }
    }

    private void Add(LaneClass laneClass)
    {
        var index = _unusedIndices.TryPop(out var unused) ? unused : _nextIndex++;
        var lane = new EngineLane(_scheduler, _device.CreateLane(index), laneClass, _layout.NamePrefix);
        lane.Worker = new LaneWorker(_scheduler, lane);
        _lanes.Add(lane);
        _free[(int)laneClass].Push(lane);
        if (_isStarted)
        {
            lane.Worker.Start();
        }
    }
}
