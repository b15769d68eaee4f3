using System.Text.Json.Serialization;
using Camshaft.EngineBenchmark.Models;

namespace Camshaft.EngineBenchmark.Overload;

/// <summary>What became of one case: every contender's run, and the bounds.</summary>
internal sealed class OverloadResult
{
    private readonly OverloadCase _overload;
    private readonly double _seconds;

    /// <summary>Computes the bounds.</summary>
    /// <param name="overload">The case.</param>
    /// <param name="runs">The contenders' runs; the last is the one that is judged.</param>
    /// <param name="generatorProcessors">How many processors the generator takes for these arrivals.</param>
    /// <param name="seconds">How long the arrivals came.</param>
    /// <param name="profiles">The profiles.</param>
    /// <param name="seed">Names the sequence of simulated run lengths.</param>
    public OverloadResult(OverloadCase overload, IReadOnlyList<OverloadRun> runs, double generatorProcessors, double seconds, MeasuredProfiles profiles, int seed)
    {
        _overload = overload;
        _seconds = seconds;
        Runs = runs;
        GeneratorProcessors = generatorProcessors;
        Bound = CreateBound(Environment.ProcessorCount - generatorProcessors);
        LaneBound = CreateBound(Environment.ProcessorCount - (Judged.Processors.Own - Judged.Processors.Lanes) - Judged.Processors.Others);

        OverloadBound CreateBound(double left) => new(profiles, overload.Arrivals, Environment.ProcessorCount, Math.Max(0.1, left), seed);
    }

    public string Name => _overload.Name;

    public double Factor => _overload.Factor;

    [JsonIgnore]
    public bool IsPoisson => _overload.IsPoisson;

    public int Requests => _overload.Arrivals.Length;

    public IReadOnlyList<OverloadRun> Runs { get; }

    /// <summary>The run that is judged.</summary>
    [JsonIgnore]
    public OverloadRun Judged => Runs[^1];

    public double GeneratorProcessors { get; }

    /// <summary>The bound on the processors that the generator leaves.</summary>
    public OverloadBound Bound { get; }

    /// <summary>The bound on the processors that lanes could have had in the judged run: what neither other processes had nor this one for anything but lanes.</summary>
    public OverloadBound LaneBound { get; }

    /// <summary>By run: its goodput in processor time, as a part of all processors' time.</summary>
    public IReadOnlyList<double> Goodput => [.. Runs.Select(run => ToPart(run.GetSeconds(Bound)))];

    /// <summary>The clairvoyant schedule's goodput in processor time, as a part of all processors' time.</summary>
    public double Clairvoyant => ToPart(Bound.Seconds);

    /// <summary>The judged run's goodput in processor time beside the clairvoyant schedule's.</summary>
    public double OfClairvoyant => Judged.GetSeconds(Bound) / Bound.Seconds;

    /// <summary>The same beside that of a clairvoyant schedule on the lanes' part.</summary>
    public double OfClairvoyantOnLanes => Judged.GetSeconds(LaneBound) / LaneBound.Seconds;

    /// <summary>The policy's goodput in virtual time beside the clairvoyant schedule's.</summary>
    public double SimulatedOfClairvoyant => Bound.SimulatedSeconds / Bound.Seconds;

    /// <summary>The judged run's goodput in processor time beside what the requests at capacity are worth.</summary>
    /// <param name="capacity">The capacity, as a multiple of the mix.</param>
    public double GetOfCapacity(double capacity) =>
        Judged.GetSeconds(Bound) / (_seconds * capacity * MixModel.All.Select((model, i) => model.Rate * Bound.GetPrice(i)).Sum());

    private double ToPart(double seconds) => seconds / (_seconds * Environment.ProcessorCount);
}
