using Camshaft.Backends;

namespace Camshaft.Client.Requests;

/// <summary>A request that waits for its answer in a connection's table.</summary>
internal interface IPending
{
    /// <summary>Ends it without success. Called once, unless another end was.</summary>
    void Fail(in InferenceStatus status, AttemptFlags flags);
}
