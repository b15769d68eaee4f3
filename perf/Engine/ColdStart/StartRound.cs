namespace Camshaft.EngineBenchmark.ColdStart;

/// <summary>Two starts, one after the other.</summary>
/// <param name="FirstSeconds">The first, with an empty cache.</param>
/// <param name="SecondSeconds">The second.</param>
/// <param name="OthersProcessors">How many processors other processes had meanwhile, the servers among them.</param>
internal sealed record StartRound(double FirstSeconds, double SecondSeconds, double OthersProcessors);
