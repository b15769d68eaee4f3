using Camshaft.Engine.Inference;

namespace Camshaft.Transport.Binary.Requests;

/// <summary>
/// The requests of one connection that have no answer yet, by id. An id is in it from the moment that its frame's head was
/// taken until its answer begins to be written. Any thread; ends with the connection.
/// </summary>
internal sealed class InFlightTable
{
    private readonly Lock _gate = new();
    private readonly Dictionary<ulong, InferenceRequestHandle> _handles = [];
    private TaskCompletionSource? _empty;
    private int _count;

    public int Count => Volatile.Read(ref _count);

    public bool Contains(ulong id)
    {
        lock (_gate)
        {
            return _handles.ContainsKey(id);
        }
    }

    /// <param name="id">An id that is not in it.</param>
    /// <param name="handle">By which the request is cancelled; default for one that cannot be.</param>
    public void Add(ulong id, InferenceRequestHandle handle)
    {
        lock (_gate)
        {
            _handles.Add(id, handle);
            Volatile.Write(ref _count, _handles.Count);
        }
    }

    public void Remove(ulong id)
    {
        TaskCompletionSource? empty = null;
        lock (_gate)
        {
            _handles.Remove(id);
            Volatile.Write(ref _count, _handles.Count);
            if (_handles.Count == 0)
            {
                (empty, _empty) = (_empty, null);
            }
        }

        empty?.SetResult();
    }

    /// <summary>Cancels one, if it is still there.</summary>
    public void Cancel(ulong id)
    {
        InferenceRequestHandle handle;
        lock (_gate)
        {
            _handles.TryGetValue(id, out handle);
        }

        // Outside the lock: it may complete the request, which comes back here to remove it.
        handle.Cancel();
    }

    /// <summary>Cancels every one.</summary>
    public void CancelAll()
    {
        InferenceRequestHandle[] handles;
        lock (_gate)
        {
            handles = [.. _handles.Values];
        }

        foreach (var handle in handles)
        {
            handle.Cancel();
        }
    }

    /// <summary>Completes when nothing is in it.</summary>
    public Task WhenEmptyAsync()
    {
        lock (_gate)
        {
            return _handles.Count == 0 ? Task.CompletedTask : (_empty ??= new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously)).Task;
        }
    }
}
