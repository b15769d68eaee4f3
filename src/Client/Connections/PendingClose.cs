using Camshaft.Backends;
using Camshaft.Client.Requests;

namespace Camshaft.Client.Connections;

/// <summary>A close that waits for its answer, which nobody needs.</summary>
internal sealed class PendingClose : IPending
{
    public static readonly PendingClose Instance = new();

    public void Fail(in InferenceStatus status, AttemptFlags flags)
    {
    }
}
