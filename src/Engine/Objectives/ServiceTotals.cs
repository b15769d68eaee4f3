namespace Camshaft.Engine.Objectives;

/// <summary>
/// What a model has done so far, as far as objectives and alerts ask: every number only grows, so that the difference of two
/// readings is what happened in between.
/// </summary>
public readonly record struct ServiceTotals
{
    /// <summary>The requests that count: all but those that failed by their client's fault or were given up by it.</summary>
    public long Requests { get; init; }

    /// <summary>How many of them were answered with their outputs.</summary>
    public long Answered { get; init; }

    /// <summary>How many of the answers kept the model's latency objective, counted one by one as they were given; 0 without one.</summary>
    public long WithinObjective { get; init; }

    /// <summary>How many of the answers stayed within the latency from which models without an objective are reported; 0 when none is set.</summary>
    public long WithinThreshold { get; init; }

    /// <summary>How many ended since their deadline had passed.</summary>
    public long Late { get; init; }

    /// <summary>How many were turned away for want of room, or since they would have been late.</summary>
    public long TurnedAway { get; init; }

    /// <summary>How many came while no version of the model was ready.</summary>
    public long Untaken { get; init; }

    /// <summary>How many failed by the server's or the backend's fault.</summary>
    public long Failed { get; init; }

    /// <summary>What answered requests waited for a lane, those of their batch included.</summary>
    public TimeSpan QueueTime { get; init; }

    /// <summary>What the backend took for them.</summary>
    public TimeSpan RunTime { get; init; }

    /// <summary>What their tensors took to be copied.</summary>
    public TimeSpan CopyTime { get; init; }

    /// <summary>What their answers took to the socket.</summary>
    public TimeSpan SendTime { get; init; }

    /// <summary>How long the model was being loaded or warmed up while no version of it was ready.</summary>
    public TimeSpan LoadTime { get; init; }

    /// <summary>How long garbage collections held all threads.</summary>
    public TimeSpan CollectionTime { get; init; }

    /// <summary>Adds two periods up.</summary>
    public static ServiceTotals operator +(in ServiceTotals left, in ServiceTotals right) => Combine(left, right, 1);

    /// <summary>What was counted between two readings, the later one first.</summary>
    public static ServiceTotals operator -(in ServiceTotals left, in ServiceTotals right) => Combine(left, right, -1);

    private static ServiceTotals Combine(in ServiceTotals left, in ServiceTotals right, int sign) => new()
    {
        Requests = left.Requests + (sign * right.Requests),
        Answered = left.Answered + (sign * right.Answered),
        WithinObjective = left.WithinObjective + (sign * right.WithinObjective),
        WithinThreshold = left.WithinThreshold + (sign * right.WithinThreshold),
        Late = left.Late + (sign * right.Late),
        TurnedAway = left.TurnedAway + (sign * right.TurnedAway),
        Untaken = left.Untaken + (sign * right.Untaken),
        Failed = left.Failed + (sign * right.Failed),
        QueueTime = left.QueueTime + (sign * right.QueueTime),
        RunTime = left.RunTime + (sign * right.RunTime),
        CopyTime = left.CopyTime + (sign * right.CopyTime),
        SendTime = left.SendTime + (sign * right.SendTime),
        LoadTime = left.LoadTime + (sign * right.LoadTime),
        CollectionTime = left.CollectionTime + (sign * right.CollectionTime),
    };
}
