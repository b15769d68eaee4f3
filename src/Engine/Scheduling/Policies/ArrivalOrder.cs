using Camshaft.Engine.Scheduling.Lanes;

namespace Camshaft.Engine.Scheduling.Policies;

/// <summary>Picks the oldest head that a lane may run; what policies without objectives have in common.</summary>
internal static class ArrivalOrder
{
    public static SchedulingDecision Decide(in DeviceState device, LaneClass lane)
    {
        var next = -1;
        var oldest = long.MaxValue;
        var wakeAt = long.MaxValue;
        for (var i = 0; i < device.Queues.Length; i++)
        {
            ref readonly var queue = ref device.Queues[i];
            if (queue.HeadSequence >= oldest || !device.IsRunnable(queue, lane))
            {
                continue;
            }

            var ready = queue.Plan.GetReadyTime(queue.Rows, queue.HeadQueued);
            if (ready > device.Now)
            {
                wakeAt = Math.Min(wakeAt, ready);
            }
            else
            {
                oldest = queue.HeadSequence;
                next = i;
            }
        }

        if (next < 0)
        {
            return SchedulingDecision.WaitUntil(wakeAt);
        }

        ref readonly var chosen = ref device.Queues[next];
        return SchedulingDecision.Run(next, chosen.Plan.ChooseRows(chosen.Rows));
    }
}
