namespace Camshaft.Engine.Scheduling.Lanes;

/// <summary>
/// Which lanes may run a model, by how long its runs are: a short run then never queues behind a long one, and the operating
/// system shares the processors between the classes.
/// </summary>
public enum LaneClass
{
    /// <summary>Any run: the lanes of a device that does not tell classes apart.</summary>
    Any,

    /// <summary>Runs of up to 1 ms, at the process's own priority.</summary>
    Short,

    /// <summary>Runs of up to 10 ms, niced.</summary>
    Medium,

    /// <summary>Longer runs, niced.</summary>
    Long,

    /// <summary>Runs that nobody waits for, of any length, niced as far as can be: one lane, which no policy knows of.</summary>
    Background,
}
