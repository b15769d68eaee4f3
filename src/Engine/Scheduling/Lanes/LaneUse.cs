namespace Camshaft.Engine.Scheduling.Lanes;

/// <summary>
/// How many batches run on a device now, by the class of their lane. The scheduler counts a batch from the decision to run
/// it until its lane is free again.
/// </summary>
public struct LaneUse
{
    /// <summary>How many runs the device carries at full speed: on processors the cores, elsewhere the lanes. 1 or more.</summary>
    public int Cores { get; set; }

    /// <summary>Runs on lanes without a class.</summary>
    public int Any { get; set; }

    /// <summary>Runs on short lanes.</summary>
    public int Short { get; set; }

    /// <summary>Runs on medium lanes.</summary>
    public int Medium { get; set; }

    /// <summary>Runs on long lanes.</summary>
    public int Long { get; set; }

    /// <summary>Runs that nobody waits for. They count nowhere else: to a policy they are not there.</summary>
    public int Background { get; set; }

    /// <summary>All runs but those that nobody waits for.</summary>
    public readonly int Total => Any + Short + Niced;

    /// <summary>The runs whose threads are niced.</summary>
    public readonly int Niced => Medium + Long;

    /// <summary>Whether one more run may start on a free lane of a class: medium and long together are one more than the cores at most.</summary>
    public readonly bool HasRoom(LaneClass lane) => lane switch
    {
        LaneClass.Short => Short < Cores,
        LaneClass.Medium => Medium < Cores && Niced <= Cores,
        LaneClass.Long => Long < Cores && Niced <= Cores,
        _ => true,
    };

    /// <summary>How many runs are on lanes of a class.</summary>
    public readonly int GetRunning(LaneClass lane) => lane switch
    {
        LaneClass.Short => Short,
        LaneClass.Medium => Medium,
        LaneClass.Long => Long,
        LaneClass.Background => Background,
        _ => Any,
    };

    /// <summary>Counts a run that starts (1) or has ended (-1).</summary>
    public void Add(LaneClass lane, int count)
    {
        switch (lane)
        {
            case LaneClass.Short:
                Short += count;
                break;
            case LaneClass.Medium:
                Medium += count;
                break;
            case LaneClass.Long:
                Long += count;
                break;
            case LaneClass.Background:
                Background += count;
                break;
            default:
                Any += count;
                break;
        }
    }
}
