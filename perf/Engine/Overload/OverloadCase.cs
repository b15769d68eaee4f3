using Camshaft.Engine.Scheduling.Simulation;
using Camshaft.EngineBenchmark.Models;
using Camshaft.Load.Arrivals;

namespace Camshaft.EngineBenchmark.Overload;

/// <summary>Arrivals of some seconds for the five models, by their places in <see cref="MixModel.All"/>.</summary>
/// <param name="Name">Its name in the table.</param>
/// <param name="Factor">The mean rate as a multiple of the capacity.</param>
/// <param name="IsPoisson">Whether requests come independently of each other.</param>
/// <param name="Arrivals">The arrivals, in order of time.</param>
internal sealed record OverloadCase(string Name, double Factor, bool IsPoisson, Arrival[] Arrivals)
{
    // The threads that send have started by then.
    private const double LeadSeconds = 0.1;

    /// <summary>Random arrivals of each model, independent of the others'.</summary>
    /// <param name="capacity">The capacity, as a multiple of the mix.</param>
    /// <param name="factor">The rate as a multiple of the capacity.</param>
    /// <param name="variation">The coefficient of variation of the gaps; 1 = Poisson.</param>
    /// <param name="seconds">How long they come.</param>
    /// <param name="seed">Names the sequence.</param>
    public static OverloadCase Random(double capacity, double factor, double variation, double seconds, int seed) => new(
        variation == 1 ? $"Poisson {factor}×" : $"Gamma CV {variation}, {factor}×",
        factor,
        variation == 1,
        ArrivalProcess.Merge(MixModel.All.Select((model, i) => ArrivalProcess.Gamma(i, model.Rate * capacity * factor, variation, seconds, seed + i, LeadSeconds))));

    /// <summary>A trace, made so much faster that its mean rate is the capacity's, and again from its start when it is over; the mix says which model an arrival is for.</summary>
    public static OverloadCase Replay(ArrivalTrace trace, double capacity, double seconds, int seed)
    {
        var random = new Random(seed);
        var rates = MixModel.All.Select(static model => model.Rate).ToArray();
        var speed = rates.Sum() * capacity / (trace.Offsets.Length / trace.Length.TotalSeconds);
        var arrivals = new List<Arrival>();
        for (var i = 0; ; i++)
        {
            var round = i / trace.Offsets.Length;
            var time = ((round * trace.Length) + trace.Offsets[i % trace.Offsets.Length]).TotalSeconds / speed;
            if (time >= seconds)
            {
                return new OverloadCase($"{Path.GetFileNameWithoutExtension(trace.Path)} × {speed:0}", 1, false, [.. arrivals]);
            }

            arrivals.Add(new Arrival((long)((LeadSeconds + time) * DeviceSimulation.TicksPerSecond), Draw(rates, random)));
        }
    }

    /// <summary>One model's moments.</summary>
    /// <param name="model">The model's place.</param>
    /// <param name="seconds">How long the arrivals come.</param>
    public PlannedArrivals Plan(int model, double seconds) => new(
        [.. Arrivals.Where(arrival => arrival.Model == model).Select(static arrival => TimeSpan.FromSeconds((double)arrival.Time / DeviceSimulation.TicksPerSecond))],
        TimeSpan.FromSeconds(LeadSeconds + seconds));

    private static int Draw(double[] rates, Random random)
    {
        var left = random.NextDouble() * rates.Sum();
        var model = 0;
        while (model < rates.Length - 1 && left >= rates[model])
        {
            left -= rates[model++];
        }

        return model;
    }
}
