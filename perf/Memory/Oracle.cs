using Camshaft.Engine.Orchestration.Residency;

namespace Camshaft.MemoryBenchmark;

/// <summary>
/// What could be reached by who knows how often each model is asked for. Both keep what saves the most for its bytes: frequency × reload
/// time ÷ size.
/// </summary>
internal static class Oracle
{
    /// <summary>
    /// Keeps the best set all the time. What is not in it is answered from nowhere and takes no room, which no server can do: a bound.
    /// </summary>
    /// <returns>The share of requests that find their model in the set.</returns>
    public static double Keep(EvictionCandidate[] models, long budget, int[] sequence)
    {
        var kept = new HashSet<int>();
        foreach (var model in Enumerable.Range(0, models.Length).OrderByDescending(model => models[model].ValuePerByte))
        {
            if (models[model].ByteSize <= budget)
            {
                budget -= models[model].ByteSize;
                kept.Add(model);
            }
        }

        return sequence.Count(kept.Contains) / (double)sequence.Length;
    }

    /// <summary>Loads what is asked for, as a server must, and makes room for it by true frequencies.</summary>
    /// <returns>The share of requests that find their model in memory.</returns>
    public static double Replay(EvictionCandidate[] models, long budget, int[] sequence)
    {
        var inMemory = new List<int>();
        var hits = 0;
        foreach (var model in sequence)
        {
            if (inMemory.Contains(model))
            {
                hits++;
                continue;
            }

            var shortage = inMemory.Sum(known => models[known].ByteSize) + models[model].ByteSize - budget;
            if (shortage > 0)
            {
                var leaving = EvictionChoice.Choose(inMemory.ConvertAll(known => models[known]), shortage).Select(index => inMemory[index]).ToHashSet();
                inMemory.RemoveAll(leaving.Contains);
            }

            inMemory.Add(model);
        }

        return hits / (double)sequence.Length;
    }
}
