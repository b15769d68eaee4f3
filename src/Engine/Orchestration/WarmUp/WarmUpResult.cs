using Camshaft.Backends;
using Camshaft.Engine.Batching;

namespace Camshaft.Engine.Orchestration.WarmUp;

/// <summary>What a warm-up found.</summary>
/// <param name="Costs">What runs take, by rows ascending; empty when none of one row worked.</param>
/// <param name="Failure">Why it did not work; success when it did.</param>
internal readonly record struct WarmUpResult(IReadOnlyList<RunCost> Costs, InferenceStatus Failure);
