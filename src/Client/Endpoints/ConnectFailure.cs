using Camshaft.Backends;

namespace Camshaft.Client.Endpoints;

/// <summary>Why there is no connection, and when one is tried for again.</summary>
/// <param name="Status">Why.</param>
/// <param name="NextTry">The timestamp of the next try.</param>
internal sealed record ConnectFailure(InferenceStatus Status, long NextTry);
