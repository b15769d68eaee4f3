namespace Camshaft.Load.Plans;

/// <summary>One coordinated run over one or more models. Immutable.</summary>
/// <param name="Models">The models; one may be there twice, with two kinds of arrivals.</param>
public sealed record LoadPlan(IReadOnlyList<ModelLoad> Models)
{
    /// <summary>How long is measured.</summary>
    public TimeSpan Duration { get; init; } = TimeSpan.FromSeconds(30);

    /// <summary>How long the same load runs before that, unmeasured.</summary>
    public TimeSpan WarmUp { get; init; } = TimeSpan.FromSeconds(5);

    /// <summary>How long the end of a run waits for what is unanswered.</summary>
    public TimeSpan Drain { get; init; } = TimeSpan.FromSeconds(10);

    /// <summary>Where all chance comes from: arrivals and data.</summary>
    public int Seed { get; init; } = 1;

    /// <summary>Checks that it can be run.</summary>
    /// <exception cref="LoadException">There is no model, or no time to measure.</exception>
    public void Check()
    {
        if (Models.Count == 0)
        {
            throw new LoadException("There is no model to load.");
        }

        if (Duration < TimeSpan.FromMilliseconds(1))
        {
            throw new LoadException($"Nothing can be measured in a duration of {Duration.TotalMilliseconds} ms.");
        }
    }
}
