namespace Camshaft.Engine.Scheduling;

/// <summary>First come, first served, over all models; the baseline that other policies are measured against.</summary>
public sealed class FifoPolicy : ISchedulingPolicy
{
    /// <inheritdoc/>
    public string Name => "fifo";

    /// <inheritdoc/>
    public SchedulingDecision Decide(ReadOnlySpan<QueueState> queues, long now)
    {
        var next = -1;
        var oldest = long.MaxValue;
        for (var i = 0; i < queues.Length; i++)
        {
            ref readonly var queue = ref queues[i];
            if (queue.IsRunnable && queue.HeadSequence < oldest)
            {
                oldest = queue.HeadSequence;
                next = i;
            }
        }

        return next < 0 ? SchedulingDecision.Idle : SchedulingDecision.Run(next);
    }
}
