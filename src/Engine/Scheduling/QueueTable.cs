using System.Diagnostics;
using Camshaft.Engine.Inference;
using Camshaft.Engine.Models;

namespace Camshaft.Engine.Scheduling;

/// <summary>
/// The queues of a device's models, and beside them what a policy may know of each, in one array that it can be handed as
/// it is. A queue keeps its place while its model is loaded. Guarded by the scheduler's lock.
/// </summary>
internal sealed class QueueTable
{
    private QueueState[] _states = [];
    private ModelQueue?[] _queues = [];
    private long _sequence;

    /// <summary>How many requests wait, over all queues.</summary>
    public int Queued { get; private set; }

    public ReadOnlySpan<QueueState> States => _states;

    public ref QueueState this[ModelQueue queue] => ref _states[queue.Index];

    public ModelQueue Add(ModelVersion model, int limit, int concurrencyLimit)
    {
        var index = Array.IndexOf(_queues, null);
        if (index < 0)
        {
            index = _queues.Length;
            Array.Resize(ref _queues, Math.Max(4, index * 2));
            Array.Resize(ref _states, _queues.Length);
        }

        var queue = new ModelQueue(model, index, limit);
        _states[index] = new QueueState { ConcurrencyLimit = concurrencyLimit };
        return _queues[index] = queue;
    }

    public void Remove(ModelQueue queue)
    {
        Debug.Assert(this[queue] is { Depth: 0, Running: 0 }, "A model is removed after its last request.");
        _queues[queue.Index] = null;
        _states[queue.Index] = default;
    }

    public void Enqueue(ModelQueue queue, InferenceRequest request)
    {
        request.Sequence = ++_sequence;
        queue.Append(request, ref this[queue]);
        Queued++;
    }

    /// <summary>Takes the head of the queue that a policy chose.</summary>
    public InferenceRequest Dequeue(int index)
    {
        Queued--;
        return _queues[index]!.TakeFirst(ref _states[index]);
    }

    /// <summary>Takes a request out from wherever it waits.</summary>
    public void Withdraw(ModelQueue queue, InferenceRequest request)
    {
        Queued--;
        queue.Remove(request, ref this[queue]);
    }
}
