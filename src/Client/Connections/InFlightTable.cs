using System.Diagnostics.CodeAnalysis;
using Camshaft.Backends;
using Camshaft.Client.Requests;

namespace Camshaft.Client.Connections;

/// <summary>The requests of one connection that were sent and have no answer yet, by id. Ids count up and never come again. Any thread; ends with the connection.</summary>
internal sealed class InFlightTable
{
    private readonly Lock _gate = new();
    private readonly Dictionary<ulong, IPending> _pending = [];
    private ulong _lastId;
    private int _count;
    private bool _isClosed;

    public int Count => Volatile.Read(ref _count);

    /// <summary>An id for one that is to be added.</summary>
    public ulong NextId() => Interlocked.Increment(ref _lastId);

    /// <summary>Adds one before it is sent.</summary>
    /// <returns><see langword="false"/>: the connection has ended, and nothing would end the request.</returns>
    public bool TryAdd(ulong id, IPending request)
    {
        lock (_gate)
        {
            if (_isClosed)
            {
                return false;
            }

            _pending.Add(id, request);
            _count = _pending.Count;
            return true;
        }
    }

    /// <summary>Takes one whose answer has come.</summary>
    public bool TryRemove(ulong id, [NotNullWhen(true)] out IPending? request)
    {
        lock (_gate)
        {
            var found = _pending.Remove(id, out request);
            _count = _pending.Count;
            return found;
        }
    }

    /// <summary>Looks at one.</summary>
    public IPending? Find(ulong id)
    {
        lock (_gate)
        {
            return _pending.GetValueOrDefault(id);
        }
    }

    /// <summary>Ends all of them, and takes no more.</summary>
    public void FailAll(in InferenceStatus status, AttemptFlags flags)
    {
        IPending[] pending;
        lock (_gate)
        {
            _isClosed = true;
            pending = [.. _pending.Values];
            _pending.Clear();
            _count = 0;
        }

        foreach (var request in pending)
        {
            request.Fail(status, flags);
        }
    }
}
