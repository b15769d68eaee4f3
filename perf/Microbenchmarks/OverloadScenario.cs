using Camshaft.Engine.Scheduling.Planning;
using Camshaft.Engine.Scheduling.Simulation;

namespace Camshaft.Microbenchmarks;

/// <summary>Models on a device, and how much of the load each of them makes.</summary>
/// <param name="Name">What it stands for.</param>
/// <param name="Device">The device.</param>
/// <param name="Models">The models.</param>
/// <param name="Parts">By model: its requests among all.</param>
internal sealed record OverloadScenario(string Name, SimulatedDevice Device, SimulatedModel[] Models, double[] Parts)
{
    private const double Microsecond = DeviceSimulation.TicksPerSecond / 1e6;

    /// <summary>The scenarios, with the run times of real models on one core.</summary>
    public static IReadOnlyList<OverloadScenario> All { get; } =
    [
        new("one CNN", new SimulatedDevice(2), [Model("squeezenet", 50, (1, 3700))], [1]),
        new("one recurrent model, batched", new SimulatedDevice(2), [Model("voice_activity", 10, (1, 94), (4, 220), (16, 734))], [1]),
        new(
            "five models",
            new SimulatedDevice(2),
            [
                Model("mnist", 5, (1, 25)),
                Model("voice_activity", 10, (1, 94), (4, 220), (16, 734)),
                Model("face_detector", 40, (1, 1680)),
                Model("squeezenet", 50, (1, 3700)),
                Model("resnet50", 300, (1, 41000)),
            ],
            [800, 400, 60, 40, 16]),
        new("two batched models on two lanes at full speed", new SimulatedDevice(2, HasClasses: false), [Model("a", 50, (1, 2100), (64, 8400)), Model("b", 100, (1, 4100), (64, 16600))], [2, 1]),
    ];

    /// <summary>The plans of the models on the device.</summary>
    public BatchPlan[] Plans => DeviceSimulation.Plan(Models, Device);

    /// <summary>Arrivals of some seconds at a multiple of what the device can do.</summary>
    public Arrival[] CreateArrivals(double load, double variation, double seconds, int seed)
    {
        var cost = Plans.Select((plan, i) => plan.CpuTicksPerRow * Parts[i]).Sum() / DeviceSimulation.TicksPerSecond;
        var scale = load * Device.Cores / cost;
        return ArrivalProcess.Merge(Parts.Select((part, i) => ArrivalProcess.Gamma(i, part * scale, variation, seconds, seed + i)));
    }

    private static SimulatedModel Model(string name, double latencyMilliseconds, params (int Rows, double Microseconds)[] times) =>
        new(name, new BatchProfile([.. times.Select(static time => Measure(time.Rows, time.Microseconds))]))
        {
            LatencyTicks = (long)(latencyMilliseconds * 1000 * Microsecond),
            MaxRows = times[^1].Rows,
            Variation = 0.05,
        };

    // The 95th percentile of a logarithm that varies by 0.05 is 8.6 % above the median.
    private static BatchMeasurement Measure(int rows, double microseconds) =>
        new(rows, (long)(microseconds * Microsecond), (long)(microseconds * Microsecond), (long)(microseconds * Microsecond * 1.086));
}
