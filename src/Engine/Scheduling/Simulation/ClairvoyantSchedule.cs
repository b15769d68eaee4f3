using Camshaft.Engine.Scheduling.Planning;

namespace Camshaft.Engine.Scheduling.Simulation;

/// <summary>
/// What a scheduler could reach that knows every arrival and every run length beforehand, on a device as fast as all cores
/// together whose runs can be cut and shared out at will, each row at the price that it has in a batch of its plan's size.
/// Earliest deadline first is then the best order, and what it works off in time is a bound: no schedule of batches up to
/// that size gets more useful work done, and real ones, with whole runs on single cores, get less.
/// </summary>
public sealed class ClairvoyantSchedule
{
    private readonly bool[] _isMet;

    private ClairvoyantSchedule(int requests) => _isMet = new bool[requests];

    /// <summary>The device time worked off before its deadline, in ticks, over all requests.</summary>
    public double UsefulTicks { get; private set; }

    /// <summary>Whether a request, by its place among the arrivals, is met.</summary>
    public IReadOnlyList<bool> IsMet => _isMet;

    /// <summary>Makes the schedule. Requests without objective and deadline are left out: they can be met at any time.</summary>
    /// <param name="models">The models.</param>
    /// <param name="plans">Their plans on the device.</param>
    /// <param name="arrivals">The requests, in order of time.</param>
    /// <param name="cores">The device's cores.</param>
    public static ClairvoyantSchedule Make(IReadOnlyList<SimulatedModel> models, IReadOnlyList<BatchPlan> plans, IReadOnlyList<Arrival> arrivals, int cores)
    {
        var schedule = new ClairvoyantSchedule(arrivals.Count);
        var waiting = new PriorityQueue<(int Request, double Ticks), (long Deadline, int Request)>();
        var now = 0.0;
        for (var i = 0; i <= arrivals.Count; i++)
        {
            var until = i < arrivals.Count ? arrivals[i].Time : double.MaxValue;
            now = schedule.Work(waiting, now, until, cores);
            if (i < arrivals.Count && GetDeadline(models[arrivals[i].Model], arrivals[i]) is var deadline and < long.MaxValue)
            {
                waiting.Enqueue((i, arrivals[i].Rows * plans[arrivals[i].Model].CpuTicksPerRow), (deadline, i));
            }
        }

        return schedule;
    }

    private static long GetDeadline(SimulatedModel model, in Arrival arrival)
    {
        var ticks = (model.LatencyTicks, model.TimeoutTicks) switch
        {
            (0, var timeout) => timeout,
            (var latency, 0) => latency,
            var (latency, timeout) => Math.Min(latency, timeout),
        };
        return ticks == 0 ? long.MaxValue : arrival.Time + ticks;
    }

    private double Work(PriorityQueue<(int Request, double Ticks), (long Deadline, int Request)> waiting, double now, double until, int cores)
    {
        while (now < until && waiting.TryDequeue(out var first, out var order))
        {
            var time = Math.Min(first.Ticks / cores, Math.Min(order.Deadline, until) - now);
            if (time <= 0)
            {
                continue;
            }

            UsefulTicks += time * cores;
            now += time;
            if (first.Ticks - (time * cores) <= 0.5)
            {
                _isMet[first.Request] = true;
            }
            else if (now < order.Deadline)
            {
                waiting.Enqueue((first.Request, first.Ticks - (time * cores)), order);
            }
        }

        return Math.Max(now, until);
    }
}
