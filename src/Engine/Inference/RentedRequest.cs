using Camshaft.Backends;

namespace Camshaft.Engine.Inference;

/// <summary>What a call for a request ended with.</summary>
/// <param name="Status">Success, or why there is no request.</param>
/// <param name="Request">The request, the caller's to dispose; null without success.</param>
public readonly record struct RentedRequest(InferenceStatus Status, InferenceRequest? Request);
