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

    // Each model has one queue so far, so both have the same place.
    private ModelUse[] _models = [];
    private ModelQueue?[] _queues = [];
    private long _sequence;

    /// <summary>How many requests wait, over all queues.</summary>
    public int Queued { get; private set; }

    /// <summary>How many batches run, over all queues.</summary>
    public int Running { get; private set; }

    public ReadOnlySpan<QueueState> States => _states;

    public ReadOnlySpan<ModelUse> Models => _models;

    public ref QueueState this[ModelQueue queue] => ref _states[queue.Index];

    public ModelQueue Add(ModelVersion model, int limit, int concurrencyLimit)
    {
        var index = Array.IndexOf(_queues, null);
        if (index < 0)
        {
            index = _queues.Length;
            Array.Resize(ref _queues, Math.Max(4, index * 2));
            Array.Resize(ref _states, _queues.Length);
            Array.Resize(ref _models, _queues.Length);
        }

        var queue = new ModelQueue(model, index, limit);
        _states[index] = new QueueState { Model = index, Plan = BatchPlan.CreateUnmeasured(Stopwatch.Frequency), HeadSequence = long.MaxValue };
        _models[index] = new ModelUse { ConcurrencyLimit = concurrencyLimit, Weight = 1 };
        return _queues[index] = queue;
    }

    public void Remove(ModelQueue queue)
    {
        Debug.Assert(this[queue] is { Depth: 0, Running: 0 }, "A model is removed after its last request.");
        _queues[queue.Index] = null;
        _states[queue.Index] = default;
        _models[queue.Index] = default;
    }

    /// <summary>Whether the model of a queue may run one batch more.</summary>
    public bool HasRoom(ModelQueue queue) => _models[queue.Index].Running < _models[queue.Index].ConcurrencyLimit;

    /// <summary>Counts a batch that starts (1) or has ended (-1).</summary>
    public void CountRun(ModelQueue queue, int count)
    {
        _states[queue.Index].Running += count;
        _models[queue.Index].Running += count;
        Running += count;
    }

    public void Enqueue(ModelQueue queue, InferenceRequest request)
    {
        request.Sequence = ++_sequence;
        queue.Append(request, ref this[queue]);
        Count(queue.Index, 1);
    }

    /// <summary>Takes the head of the queue that a policy chose.</summary>
    public InferenceRequest Dequeue(int index)
    {
        Count(index, -1);
        return _queues[index]!.TakeFirst(ref _states[index]);
    }

    /// <summary>Takes a request out from wherever it waits.</summary>
    public void Withdraw(ModelQueue queue, InferenceRequest request)
    {
        Count(queue.Index, -1);
        queue.Remove(request, ref this[queue]);
    }

    private void Count(int index, int count)
    {
        Queued += count;
        _models[index].Queued += count;
    }
}
