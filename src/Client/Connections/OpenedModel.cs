using Camshaft.Backends;

namespace Camshaft.Client.Connections;

/// <summary>A model as one connection has it open.</summary>
/// <param name="Model">The model.</param>
/// <param name="Handle">The connection's handle.</param>
/// <param name="Version">The version whose signature it is.</param>
/// <param name="Signature">The signature, by whose order tensors are counted.</param>
internal sealed record OpenedModel(CamshaftModel Model, uint Handle, long Version, ModelSignature Signature);
