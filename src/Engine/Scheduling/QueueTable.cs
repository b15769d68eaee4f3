using System.Diagnostics;
using Camshaft.Engine.Inference;

namespace Camshaft.Engine.Scheduling;

/// <summary>
/// The queues of a device's models, and beside them what a policy may know of each, in one array that it can be handed as
/// it is. A queue keeps its place while it exists. Guarded by the scheduler's lock.
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

    public ModelQueue Add(ModelShare share, int maxRows)
    {
        var index = Array.IndexOf(_queues, null);
        if (index < 0)
        {
            index = _queues.Length;
            Array.Resize(ref _queues, Math.Max(4, index * 2));
            Array.Resize(ref _states, _queues.Length);
        }

        var queue = new ModelQueue(share, index, maxRows, priorityLevels: 1);
        share.Queues.Add(queue);
        _states[index] = new QueueState { ConcurrencyLimit = share.ConcurrencyLimit, Running = share.Running };
        return _queues[index] = queue;
    }

    public void Remove(ModelQueue queue)
    {
        Debug.Assert(this[queue].Depth == 0, "A queue is removed after its last request.");
        queue.Share.Queues.Remove(queue);
        _queues[queue.Index] = null;
        _states[queue.Index] = default;
    }

    public void Enqueue(InferenceRequest request)
    {
        request.Sequence = ++_sequence;
        request.Queue.Append(request, ref this[request.Queue]);
        Queued++;
    }

    /// <summary>Puts a request back to where it was taken from.</summary>
    public void PutBack(InferenceRequest request)
    {
        request.Queue.Prepend(request, ref this[request.Queue]);
        Queued++;
    }

    /// <summary>Takes a batch from the queue that a policy chose.</summary>
    public InferenceRequest Dequeue(int index, int rowLimit)
    {
        ref var state = ref _states[index];
        var before = state.Depth;
        var head = _queues[index]!.TakeBatch(rowLimit, ref state);
        Queued -= before - state.Depth;
        return head;
    }

    /// <summary>Takes a request out from wherever it waits.</summary>
    public void Withdraw(InferenceRequest request)
    {
        Queued--;
        request.Queue.Remove(request, ref this[request.Queue]);
    }

    /// <summary>Takes note that one more batch of a model runs, or one less.</summary>
    public void CountRunning(ModelShare share, int change)
    {
        share.Running += change;
        foreach (var queue in share.Queues)
        {
            this[queue].Running = share.Running;
        }
    }
}
