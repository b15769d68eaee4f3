using Camshaft.Engine.Inference;
using Camshaft.Engine.Scheduling.Planning;
using Camshaft.Engine.Scheduling.Queues;

namespace Camshaft.Engine.Batching;

/// <summary>
/// The shape buckets of one version of a model, a bounded number. Shapes beyond it share one bucket in which nothing
/// joins, until another has been idle. Any thread.
/// </summary>
internal sealed class BucketTable
{
    private const int MostBuckets = 16;

    private readonly Lock _gate = new();
    private readonly BatchAxes _axes;
    private readonly Func<ModelQueue> _addQueue;
    private readonly Action<ModelQueue> _removeQueue;
    private readonly List<ShapeBucket> _buckets = [];
    private long _uses;

    /// <summary>Makes an empty table.</summary>
    /// <param name="axes">How the model's requests join.</param>
    /// <param name="addQueue">Makes a queue in the scheduler.</param>
    /// <param name="removeQueue">Takes it out again.</param>
    public BucketTable(BatchAxes axes, Func<ModelQueue> addQueue, Action<ModelQueue> removeQueue)
    {
        _axes = axes;
        _addQueue = addQueue;
        _removeQueue = removeQueue;
    }

    /// <summary>Finds or makes the bucket for a request, whose user it then is until <see cref="ShapeBucket.RemoveUser"/>.</summary>
    /// <returns>Null when there are too many shapes at once.</returns>
    public ShapeBucket? Find(ReadOnlySpan<TensorSlot> inputs)
    {
        lock (_gate)
        {
            var bucket = FindMatch(inputs) ?? TryAdd(inputs);
            if (bucket is not null)
            {
                bucket.LastUse = ++_uses;
                bucket.AddUser();
            }

            return bucket;
        }
    }

    /// <summary>The plan of the bucket that was used last; null = there is none yet.</summary>
    public BatchPlan? FindNewestPlan()
    {
        lock (_gate)
        {
            return _buckets.MaxBy(static bucket => bucket.LastUse)?.Queue.Planner.Plan;
        }
    }

    /// <summary>Takes every queue out of the scheduler. After the last request.</summary>
    public void Clear()
    {
        lock (_gate)
        {
            foreach (var bucket in _buckets)
            {
                _removeQueue(bucket.Queue);
            }

            _buckets.Clear();
        }
    }

    private ShapeBucket? FindMatch(ReadOnlySpan<TensorSlot> inputs)
    {
        foreach (var bucket in _buckets)
        {
            if (bucket.Matches(inputs))
            {
                return bucket;
            }
        }

        return null;
    }

    private ShapeBucket? TryAdd(ReadOnlySpan<TensorSlot> inputs)
    {
        if (_buckets.Count == MostBuckets && !TryRemoveIdle())
        {
            return null;
        }

        var bucket = new ShapeBucket(_axes, _addQueue(), inputs);
        _buckets.Add(bucket);
        return bucket;
    }

    private bool TryRemoveIdle()
    {
        ShapeBucket? oldest = null;
        foreach (var bucket in _buckets)
        {
            if (bucket.IsIdle && (oldest is null || bucket.LastUse < oldest.LastUse))
            {
                oldest = bucket;
            }
        }

        if (oldest is null)
        {
            return false;
        }

        _buckets.Remove(oldest);
        _removeQueue(oldest.Queue);
        return true;
    }
}
