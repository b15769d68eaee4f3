namespace Camshaft.Engine.Scheduling.Queues;

/// <summary>Why a policy gives a waiting request up.</summary>
public enum DropReason
{
    /// <summary>It is not given up.</summary>
    None,

    /// <summary>Its client's deadline would pass before a run of it ends; the answer is the one of a missed deadline.</summary>
    Deadline,

    /// <summary>The model has more to do than it can within its objective, and this request would be late; the answer is "unavailable".</summary>
    Overload,
}
