namespace Camshaft.Load.Plans;

/// <summary>A fixed number of clients, each of which sends again as soon as it has its answer: how much goes through, not how long users wait.</summary>
/// <param name="Concurrency">How many clients.</param>
public sealed record ClosedLoop(int Concurrency) : ArrivalPattern
{
    /// <inheritdoc/>
    public override string Description => $"closed loop of {Concurrency}";
}
