namespace Camshaft.Engine.Orchestration.Residency;

/// <summary>Says which models to take out of memory: those that save the least for the bytes that they take.</summary>
internal static class EvictionChoice
{
    /// <summary>Chooses.</summary>
    /// <param name="candidates">What may go. Of those that are worth the same, the last one goes first.</param>
    /// <param name="byteSize">How many bytes must be freed, more than 0.</param>
    /// <returns>Indices of candidates that free as much together; empty when all of them do not.</returns>
    public static IReadOnlyList<int> Choose(IReadOnlyList<EvictionCandidate> candidates, long byteSize)
    {
        var chosen = new List<int>();
        foreach (var index in Enumerable.Range(0, candidates.Count).OrderBy(i => candidates[i].ValuePerByte).ThenByDescending(static i => i))
        {
            if (byteSize <= 0)
            {
                break;
            }

            chosen.Add(index);
            byteSize -= candidates[index].ByteSize;
        }

        if (byteSize > 0)
        {
            return [];
        }

        // The last one may be so large that some of those before it need not go: the most valuable stay first.
        var excess = -byteSize;
        foreach (var index in chosen.OrderByDescending(i => candidates[i].Value).ToList())
        {
            if (candidates[index].ByteSize <= excess)
            {
                chosen.Remove(index);
                excess -= candidates[index].ByteSize;
            }
        }

        return chosen;
    }
}
