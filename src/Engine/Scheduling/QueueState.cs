namespace Camshaft.Engine.Scheduling;

/// <summary>What a policy may know of one model's queue. A value: policies never see a request or a lock.</summary>
public struct QueueState
{
    /// <summary>How many requests wait.</summary>
    public int Depth { get; set; }

    /// <summary>How many batches of the model run now.</summary>
    public int Running { get; set; }

    /// <summary>How many may run at once.</summary>
    public int ConcurrencyLimit { get; set; }

    /// <summary>The head's place in the order of arrival over all queues.</summary>
    public long HeadSequence { get; set; }

    /// <summary>When the head was queued, in ticks of the engine's clock.</summary>
    public long HeadQueued { get; set; }

    /// <summary>When the head's deadline passes, in ticks of the engine's clock; <see cref="long.MaxValue"/> = never.</summary>
    public long HeadDeadline { get; set; }

    /// <summary>Whether a batch of this model could start now.</summary>
    public readonly bool IsRunnable => Depth > 0 && Running < ConcurrencyLimit;
}
