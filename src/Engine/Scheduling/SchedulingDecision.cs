namespace Camshaft.Engine.Scheduling;

/// <summary>What a free lane should do next.</summary>
public readonly record struct SchedulingDecision
{
    private SchedulingDecision(int queue, int rows, long wakeAt)
    {
        Queue = queue;
        Rows = rows;
        WakeAt = wakeAt;
    }

    /// <summary>Nothing to run: wait until something changes.</summary>
    public static SchedulingDecision Idle { get; } = new(-1, 0, long.MaxValue);

    /// <summary>The queue to take the next batch from; -1 = none.</summary>
    public int Queue { get; }

    /// <summary>The most rows that the batch may have; a request with more comes alone.</summary>
    public int Rows { get; }

    /// <summary>Where there is nothing to run yet: when to ask again, in ticks of the engine's clock.</summary>
    public long WakeAt { get; }

    /// <summary>Run the head of a queue, with those behind it that can join.</summary>
    public static SchedulingDecision Run(int queue, int rows = int.MaxValue) => new(queue, rows, long.MaxValue);

    /// <summary>Ask again at a moment, or when something changes.</summary>
    public static SchedulingDecision WaitUntil(long timestamp) => new(-1, 0, timestamp);
}
