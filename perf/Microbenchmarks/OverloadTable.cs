using Camshaft.Engine.Scheduling.Policies;
using Camshaft.Engine.Scheduling.Simulation;

namespace Camshaft.Microbenchmarks;

/// <summary>
/// Goodput of every policy beside a clairvoyant schedule, for loads below and above capacity, as a table in Markdown. In
/// virtual time, so the same on every machine.
/// </summary>
internal static class OverloadTable
{
    private const int Seed = 1;
    private const double Seconds = 30;

    private static readonly (string Name, double Load, double Variation)[] Loads =
    [
        ("Poisson 0.9×", 0.9, 1),
        ("Poisson 1.2×", 1.2, 1),
        ("Poisson 1.5×", 1.5, 1),
        ("Poisson 2×", 2, 1),
        ("Gamma CV 3, 0.9×", 0.9, 3),
        ("Gamma CV 3, 1.5×", 1.5, 3),
    ];

    public static void Print()
    {
        foreach (var scenario in OverloadScenario.All)
        {
            Console.WriteLine();
            Console.WriteLine($"{scenario.Name}: {string.Join(", ", scenario.Models.Zip(scenario.Plans, static (model, plan) => $"{model.Name} (batch {plan.TargetRows}, {plan.LaneClass})"))}");
            Console.WriteLine();
            Console.WriteLine("| load | fifo | size_class | deadline | clairvoyant | deadline of clairvoyant | missed of those it meets |");
            Console.WriteLine("|---|---|---|---|---|---|---|");
            foreach (var load in Loads)
            {
                PrintLoad(scenario, load.Name, load.Load < 1, scenario.CreateArrivals(load.Load, load.Variation, Seconds, Seed));
            }
        }
    }

    private static void PrintLoad(OverloadScenario scenario, string name, bool isUnderCapacity, Arrival[] arrivals)
    {
        // As the server runs it without classes: twice as many lanes as cores.
        var single = scenario.Device.HasClasses ? new SimulatedDevice(scenario.Device.Cores, HasClasses: false, LanesPerCore: 2) : scenario.Device;
        var plans = scenario.Plans;
        var capacity = scenario.Device.Cores * Seconds * DeviceSimulation.TicksPerSecond;
        var fifo = DeviceSimulation.Run(new FifoPolicy(), scenario.Models, arrivals, single, Seed);
        var sizeClass = DeviceSimulation.Run(new SizeClassPolicy(), scenario.Models, arrivals, scenario.Device, Seed);
        var deadline = DeviceSimulation.Run(new DeadlinePolicy(DeviceSimulation.TicksPerSecond), scenario.Models, arrivals, scenario.Device, Seed);
        var clairvoyant = ClairvoyantSchedule.Make(scenario.Models, plans, arrivals, scenario.Device.Cores);
        var met = clairvoyant.IsMet.Count(static isMet => isMet);
        var missed = deadline.Requests.Where((request, i) => clairvoyant.IsMet[i] && request.End != RequestEnd.InTime).Count();
        Console.WriteLine(
            $"| {name} | {fifo.GetUsefulTicks(plans) / capacity:P1} | {sizeClass.GetUsefulTicks(plans) / capacity:P1} | {deadline.GetUsefulTicks(plans) / capacity:P1} "
            + $"| {clairvoyant.UsefulTicks / capacity:P1} | {deadline.GetUsefulTicks(plans) / clairvoyant.UsefulTicks:P1} | {(isUnderCapacity ? $"{(double)missed / met:P2}" : "")} |");
    }
}
