using System.Collections.Concurrent;
using System.Diagnostics.CodeAnalysis;

namespace Camshaft.Client.Connections;

/// <summary>The models that one connection has open, each opened when it is first needed, once however many ask. Any thread; ends with the connection.</summary>
internal sealed class ModelHandles(Sender sender, InFlightTable inFlight)
{
    private readonly ConcurrentDictionary<CamshaftModel, PendingOpen> _models = new();

    /// <summary>Finds a model that is open.</summary>
    public bool TryGet(CamshaftModel model, [NotNullWhen(true)] out OpenedModel? opened)
    {
        opened = _models.TryGetValue(model, out var open) && open.Task.IsCompletedSuccessfully ? open.Task.Result : null;
        return opened is not null;
    }

    /// <summary>Opens a model, unless it is open or about to be.</summary>
    /// <exception cref="InferenceException">The server refused it, or the connection ended.</exception>
    public Task<OpenedModel> OpenAsync(CamshaftModel model)
    {
        var mine = new PendingOpen(model);
        var open = _models.GetOrAdd(model, mine);
        if (open == mine)
        {
            // What failed is asked for anew by the next one.
            _ = open.Task.ContinueWith(
                static (task, state) =>
                {
                    _ = task.Exception;
                    var (models, open) = ((ConcurrentDictionary<CamshaftModel, PendingOpen>, PendingOpen))state!;
                    models.TryRemove(new(open.Model, open));
                },
                (_models, open),
                CancellationToken.None,
                TaskContinuationOptions.NotOnRanToCompletion | TaskContinuationOptions.ExecuteSynchronously,
                TaskScheduler.Default);
            var id = inFlight.NextId();
            sender.Send(id, ControlFrames.Open(id, model.Name, model.WantedVersion), open);
        }

        return open.Task;
    }

    /// <summary>Gives a model's handle back, if there is one.</summary>
    public void Close(CamshaftModel model)
    {
        if (_models.TryRemove(model, out var open) && open.Task.IsCompletedSuccessfully)
        {
            SendClose(open.Task.Result);
        }
    }

    /// <summary>Gives a handle back that does not fit its model any more; the next request opens it again.</summary>
    public void Forget(OpenedModel opened)
    {
        if (_models.TryGetValue(opened.Model, out var open) && open.Task.IsCompletedSuccessfully && open.Task.Result == opened && _models.TryRemove(new(opened.Model, open)))
        {
            SendClose(opened);
        }
    }

    private void SendClose(OpenedModel opened)
    {
        var id = inFlight.NextId();
        sender.Send(id, ControlFrames.Close(id, opened.Handle), PendingClose.Instance);
    }
}
