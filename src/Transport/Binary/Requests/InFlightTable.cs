using Camshaft.Engine.Inference;

namespace Camshaft.Transport.Binary.Requests;

/// <summary>
/// The requests of one connection that have no answer yet, by id. An id is in it from the moment that its frame's head was
/// taken until its answer begins to be written. Any thread; ends with the connection.
/// </summary>
internal sealed class InFlightTable
{
    private readonly Lock _gate = new();
    private readonly Dictionary<ulong, Entry> _entries = [];
    private TaskCompletionSource? _empty;
    private int _count;

    public int Count => Volatile.Read(ref _count);

    public bool Contains(ulong id)
    {
        lock (_gate)
        {
            return _entries.ContainsKey(id);
        }
    }

    /// <param name="id">An id that is not in it.</param>
    /// <param name="handle">By which the request is cancelled.</param>
    public void Add(ulong id, InferenceRequestHandle handle) => Add(id, new Entry(handle, null));

    /// <param name="id">An id that is not in it.</param>
    /// <param name="load">By which the request is cancelled.</param>
    public void Add(ulong id, LoadWait load) => Add(id, new Entry(default, load));

    public void Remove(ulong id)
    {
        TaskCompletionSource? empty = null;
        lock (_gate)
        {
            _entries.Remove(id);
            Volatile.Write(ref _count, _entries.Count);
            if (_entries.Count == 0)
            {
                (empty, _empty) = (_empty, null);
            }
        }

        empty?.SetResult();
    }

    /// <summary>Cancels one, if it is still there.</summary>
    public void Cancel(ulong id)
    {
        Entry entry;
        lock (_gate)
        {
            _entries.TryGetValue(id, out entry);
        }

        // Outside the lock: it may complete the request, which comes back here to remove it.
        entry.Cancel();
    }

    /// <summary>Cancels every one.</summary>
    public void CancelAll()
    {
        Entry[] entries;
        lock (_gate)
        {
            entries = [.. _entries.Values];
        }

        foreach (var entry in entries)
        {
            entry.Cancel();
        }
    }

    /// <summary>Completes when nothing is in it.</summary>
    public Task WhenEmptyAsync()
    {
        lock (_gate)
        {
            return _entries.Count == 0 ? Task.CompletedTask : (_empty ??= new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously)).Task;
        }
    }

    private void Add(ulong id, Entry entry)
    {
        lock (_gate)
        {
            _entries.Add(id, entry);
            Volatile.Write(ref _count, _entries.Count);
        }
    }

    private readonly record struct Entry(InferenceRequestHandle Handle, LoadWait? Load)
    {
        public void Cancel()
        {
            Handle.Cancel();
            Load?.Cancel();
        }
    }
}
