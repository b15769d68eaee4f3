namespace Camshaft.Engine.Scheduling.Simulation;

/// <summary>Makes arrivals at random, the same ones from the same seed.</summary>
public static class ArrivalProcess
{
    /// <summary>Requests that come independently of each other: exponential times between them.</summary>
    /// <param name="model">The model.</param>
    /// <param name="perSecond">How many a second on average.</param>
    /// <param name="seconds">For how long.</param>
    /// <param name="seed">Names the sequence.</param>
    /// <param name="startSeconds">When they begin.</param>
    public static IEnumerable<Arrival> Poisson(int model, double perSecond, double seconds, int seed, double startSeconds = 0) =>
        Gamma(model, perSecond, 1, seconds, seed, startSeconds);

    /// <summary>Requests in bursts: times between them of a gamma distribution.</summary>
    /// <param name="model">The model.</param>
    /// <param name="perSecond">How many a second on average.</param>
    /// <param name="variation">Standard deviation of the times between them over their mean; 1 = Poisson, more = bursts.</param>
    /// <param name="seconds">For how long.</param>
    /// <param name="seed">Names the sequence.</param>
    /// <param name="startSeconds">When they begin.</param>
    public static IEnumerable<Arrival> Gamma(int model, double perSecond, double variation, double seconds, int seed, double startSeconds = 0)
    {
        ArgumentOutOfRangeException.ThrowIfNegativeOrZero(perSecond);
        ArgumentOutOfRangeException.ThrowIfNegativeOrZero(variation);
        var random = new RandomSequence(seed);
        var shape = 1 / (variation * variation);
        var time = 0.0;
        while (true)
        {
            time += random.NextGamma(shape) / shape / perSecond;
            if (time >= seconds)
            {
                yield break;
            }

            yield return new Arrival((long)((startSeconds + time) * DeviceSimulation.TicksPerSecond), model);
        }
    }

    /// <summary>Puts several processes together in order of time.</summary>
    public static Arrival[] Merge(params IEnumerable<IEnumerable<Arrival>> processes) =>
        [.. processes.SelectMany(static process => process).OrderBy(static arrival => arrival.Time)];
}
