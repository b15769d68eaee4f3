namespace Camshaft.MemoryBenchmark;

/// <summary>Many models, little memory, and who asks for which.</summary>
internal sealed record BudgetScenario
{
    /// <summary>The server's assembly, beside which its plugins lie.</summary>
    public required string Server { get; init; }

    /// <summary>The directory of models that copies are made of.</summary>
    public required string Models { get; init; }

    /// <summary>How many copies there are.</summary>
    public required int Copies { get; init; }

    /// <summary>For how many of them, of average size, the budget is.</summary>
    public required int Fitting { get; init; }

    /// <summary>How many requests are sent.</summary>
    public required int Requests { get; init; }

    /// <summary>How many are under way at once.</summary>
    public required int Clients { get; init; }

    /// <summary>The exponent of the popularity of the models.</summary>
    public required double Exponent { get; init; }

    /// <summary>Makes the order of models and requests.</summary>
    public required int Seed { get; init; }

    /// <summary>The models by popularity, as indices of copies: sizes and popularity have nothing to do with each other.</summary>
    public int[] CreateRanking()
    {
        var ranking = Enumerable.Range(0, Copies).ToArray();
        new Random(Seed).Shuffle(ranking);
        return ranking;
    }

    /// <summary>How likely each copy is asked for next.</summary>
    public double[] CreateProbabilities()
    {
        var probabilities = new double[Copies];
        foreach (var (rank, copy) in CreateRanking().Index())
        {
            probabilities[copy] = Math.Pow(rank + 1, -Exponent);
        }

        var sum = probabilities.Sum();
        return Array.ConvertAll(probabilities, probability => probability / sum);
    }

    /// <summary>The requests, as indices of copies.</summary>
    public int[] CreateSequence()
    {
        var probabilities = CreateProbabilities();
        var random = new Random(Seed + 1);
        var sequence = new int[Requests];
        for (var i = 0; i < sequence.Length; i++)
        {
            var draw = random.NextDouble();
            var copy = 0;
            while (copy < Copies - 1 && (draw -= probabilities[copy]) >= 0)
            {
                copy++;
            }

            sequence[i] = copy;
        }

        return sequence;
    }
}
