using Camshaft.Engine.Scheduling.Planning;
using Camshaft.Engine.Scheduling.Policies;
using Camshaft.Engine.Scheduling.Simulation;

namespace Camshaft.EngineBenchmark.Overload;

/// <summary>
/// What could be reached at best with the same arrivals and profiles, in virtual time, when others leave only a part of the
/// processors: then every run takes so much longer, which is the same for a schedule that shares runs over all of them.
/// </summary>
internal sealed class OverloadBound
{
    private readonly BatchPlan[] _plans;
    private readonly double _secondsOfAllProcessors;

    /// <summary>Computes it.</summary>
    /// <param name="profiles">The profiles.</param>
    /// <param name="arrivals">The arrivals, in order of time.</param>
    /// <param name="processors">How many there are.</param>
    /// <param name="processorsLeft">How many of them others leave.</param>
    /// <param name="seed">Names the sequence of simulated run lengths.</param>
    public OverloadBound(MeasuredProfiles profiles, Arrival[] arrivals, int processors, double processorsLeft, int seed)
    {
        var slowdown = processors / processorsLeft;
        var device = new SimulatedDevice(processors);
        var models = profiles.Simulate(slowdown);
        _plans = DeviceSimulation.Plan(models, device);
        _secondsOfAllProcessors = DeviceSimulation.TicksPerSecond * slowdown;
        var schedule = ClairvoyantSchedule.Make(models, _plans, arrivals, processors);
        var simulated = DeviceSimulation.Run(new DeadlinePolicy(DeviceSimulation.TicksPerSecond), models, arrivals, device, seed);
        Seconds = schedule.UsefulTicks / _secondsOfAllProcessors;
        MetCount = schedule.IsMet.Count(static isMet => isMet);
        SimulatedSeconds = simulated.GetUsefulTicks(_plans) / _secondsOfAllProcessors;
        SimulatedCount = simulated.Count(RequestEnd.InTime);
    }

    /// <summary>The processor time that the requests which a clairvoyant schedule answers in time are worth.</summary>
    public double Seconds { get; }

    /// <summary>How many these requests are.</summary>
    public int MetCount { get; }

    /// <summary>The same of the policy in virtual time.</summary>
    public double SimulatedSeconds { get; }

    /// <summary>How many it answers in time.</summary>
    public int SimulatedCount { get; }

    /// <summary>What a request in time is worth: its processor time in a batch of the model's planned size.</summary>
    /// <param name="model">The model's place.</param>
    public double GetPrice(int model) => _plans[model].CpuTicksPerRow / _secondsOfAllProcessors;
}
