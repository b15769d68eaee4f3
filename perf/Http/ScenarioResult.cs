namespace Camshaft.HttpBenchmark;

/// <summary>What was found for one request: a round is a run of each server, one after the other.</summary>
/// <param name="Scenario">The request's name.</param>
/// <param name="Camshaft">Camshaft, each round.</param>
/// <param name="Peer">The peer, each round.</param>
internal sealed record ScenarioResult(string Scenario, IReadOnlyList<Sample> Camshaft, IReadOnlyList<Sample> Peer)
{
    /// <summary>Camshaft's rate by the peer's in the same round.</summary>
    public IReadOnlyList<double> RateRatios => [.. Camshaft.Zip(Peer, static (camshaft, peer) => camshaft.Rate / peer.Rate)];

    /// <summary>The peer's processor time for a request by Camshaft's in the same round.</summary>
    public IReadOnlyList<double> ProcessorRatios => [.. Camshaft.Zip(Peer, static (camshaft, peer) => peer.ProcessorMicroseconds / camshaft.ProcessorMicroseconds)];
}
