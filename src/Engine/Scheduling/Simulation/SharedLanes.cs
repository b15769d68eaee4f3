using Camshaft.Engine.Scheduling.Lanes;
using Camshaft.Engine.Scheduling.Policies;

namespace Camshaft.Engine.Scheduling.Simulation;

/// <summary>
/// The runs of a simulated device. On processors they share the cores as the operating system would have it; lanes without
/// classes run side by side at full speed.
/// </summary>
internal sealed class SharedLanes(int cores)
{
    private readonly List<LaneRun> _runs = [];
    private long _time;

    public LaneUse Use = new() { Cores = cores };

    /// <summary>When the next run ends, in ticks; <see cref="long.MaxValue"/> = nothing runs.</summary>
    public long NextEnd
    {
        get
        {
            var next = double.MaxValue;
            foreach (var run in _runs)
            {
                next = Math.Min(next, run.RemainingTicks / GetSpeed(run.Lane));
            }

            return next == double.MaxValue ? long.MaxValue : _time + Math.Max(1, (long)Math.Ceiling(next));
        }
    }

    public void Start(LaneRun run)
    {
        _runs.Add(run);
        Use.Add(run.Lane, 1);
    }

    public void AdvanceTo(long time)
    {
        var elapsed = time - _time;
        foreach (var run in _runs)
        {
            run.RemainingTicks -= elapsed * GetSpeed(run.Lane);
        }

        _time = time;
    }

    /// <summary>Takes a run that has ended off its lane; null when there is none.</summary>
    public LaneRun? TakeEnded()
    {
        var index = _runs.FindIndex(static run => run.RemainingTicks < 0.5);
        if (index < 0)
        {
            return null;
        }

        var ended = _runs[index];
        _runs.RemoveAt(index);
        Use.Add(ended.Lane, -1);
        return ended;
    }

    // Lanes without a class are a GPU's, or those of the policy without classes on processors, which are all alike there.
    private double GetSpeed(LaneClass lane) => lane switch
    {
        LaneClass.Any => Math.Min(1, (double)Use.Cores / Use.Any),
        LaneClass.Short => ProcessorSharing.GetNormalShare(Use.Cores, Use.Short, Use.Niced),
        _ => ProcessorSharing.GetNicedShare(
            Use.Cores, Use.Short == 0 ? 0 : Use.Short * ProcessorSharing.GetNormalShare(Use.Cores, Use.Short, Use.Niced), Use.Niced),
    };
}
