using Camshaft.Backends;
using Camshaft.Client.Requests;

namespace Camshaft.Client.Connections;

/// <summary>An open that waits for its answer.</summary>
internal sealed class PendingOpen(CamshaftModel model) : IPending
{
    private readonly TaskCompletionSource<OpenedModel> _opened = new(TaskCreationOptions.RunContinuationsAsynchronously);

    public CamshaftModel Model { get; } = model;

    public Task<OpenedModel> Task => _opened.Task;

    public void Complete(OpenedModel opened)
    {
        Model.OnOpened(opened);
        _opened.TrySetResult(opened);
    }

    public void Fail(in InferenceStatus status, AttemptFlags flags) =>
        _opened.TrySetException(new InferenceException(status, (flags & (AttemptFlags.NotBegun | AttemptFlags.NotSent)) != 0));
}
