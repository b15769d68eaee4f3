using Camshaft.Engine.Scheduling.Planning;
using Camshaft.Engine.Scheduling.Policies;
using Camshaft.Engine.Scheduling.Simulation;

namespace Camshaft.Engine.Tests.Scheduling.Simulation;

/// <summary>Models on two cores and what comes to them, with the run times of real models.</summary>
internal sealed class Scenario
{
    public const long Second = DeviceSimulation.TicksPerSecond;
    public const long Millisecond = Second / 1000;

    // Of five models at once: the rates at which each was measured, which make some 60 % of the machine.
    private static readonly double[] MixedRates = [800, 400, 60, 40, 16];

    private readonly List<SimulatedModel> _models = [];
    private readonly List<IEnumerable<Arrival>> _arrivals = [];

    public static SimulatedModel Mnist => Model("mnist", 5, (1, 0.025));

    public static SimulatedModel VoiceActivity => Model("voice_activity", 10, (1, 0.094), (4, 0.22), (16, 0.734));

    public static SimulatedModel FaceDetector => Model("face_detector", 40, (1, 1.68));

    public static SimulatedModel SqueezeNet => Model("squeezenet", 50, (1, 3.7));

    public static SimulatedModel ResNet => Model("resnet50", 300, (1, 41));

    public SimulatedDevice Device { get; init; } = new(2);

    public IReadOnlyList<SimulatedModel> Models => _models;

    public BatchPlan[] Plans => DeviceSimulation.Plan(_models, Device);

    public Arrival[] Arrivals => ArrivalProcess.Merge(_arrivals);

    /// <summary>A model whose runs take so long for so many rows and vary by 5 %.</summary>
    public static SimulatedModel Model(string name, double latencyMilliseconds, params (int Rows, double Milliseconds)[] times) =>
        new(name, new BatchProfile([.. times.Select(static time => new BatchMeasurement(
            time.Rows, (long)(time.Milliseconds * Millisecond), (long)(time.Milliseconds * Millisecond), (long)(time.Milliseconds * 1.086 * Millisecond)))]))
        {
            LatencyTicks = (long)(latencyMilliseconds * Millisecond),
            MaxRows = times[^1].Rows,
            Variation = 0.05,
        };

    /// <summary>All five models at a multiple of what the device can do.</summary>
    public static Scenario Mixed(double load, double seconds, int seed, double variation = 1)
    {
        var scenario = new Scenario();
        var models = new[] { Mnist, VoiceActivity, FaceDetector, SqueezeNet, ResNet };
        var plans = DeviceSimulation.Plan(models, scenario.Device);
        var scale = load * scenario.Device.Cores * Second / plans.Zip(MixedRates, static (plan, rate) => plan.CpuTicksPerRow * rate).Sum();
        for (var i = 0; i < models.Length; i++)
        {
            scenario.Add(models[i], MixedRates[i] * scale, seconds, seed + i, variation);
        }

        return scenario;
    }

    /// <summary>Adds a model and requests to it.</summary>
    public int Add(SimulatedModel model, double perSecond, double seconds, int seed, double variation = 1)
    {
        _models.Add(model);
        AddArrivals(_models.Count - 1, perSecond, seconds, seed, variation: variation);
        return _models.Count - 1;
    }

    /// <summary>Adds a model and more requests than the whole device could run.</summary>
    public int AddSaturated(SimulatedModel model, double seconds, int seed) =>
        Add(model, 1.5 * Device.Cores * Second / model.Profile.GetCpuTicks(1), seconds, seed);

    public void AddArrivals(int model, double perSecond, double seconds, int seed, double startSeconds = 0, double variation = 1) =>
        _arrivals.Add(ArrivalProcess.Gamma(model, perSecond, variation, seconds, seed, startSeconds));

    public SimulationResult Run(ISchedulingPolicy? policy = null, int seed = 1) =>
        DeviceSimulation.Run(policy ?? new DeadlinePolicy(Second), _models, Arrivals, Device, seed);

    public ClairvoyantSchedule MakeClairvoyant() => ClairvoyantSchedule.Make(_models, Plans, Arrivals, Device.Cores);
}
