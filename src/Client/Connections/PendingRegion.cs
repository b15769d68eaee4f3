using Camshaft.Backends;
using Camshaft.Client.Requests;

namespace Camshaft.Client.Connections;

/// <summary>A register or an unregister that waits for its answer.</summary>
internal sealed class PendingRegion : IPending
{
    private readonly TaskCompletionSource _done = new(TaskCreationOptions.RunContinuationsAsynchronously);

    public Task Task => _done.Task;

    public void Complete() => _done.TrySetResult();

    public void Fail(in InferenceStatus status, AttemptFlags flags) => _done.TrySetException(new InferenceException(status, notBegun: true));
}
