using Camshaft.Backends;
using Camshaft.Engine.Inference;
using Camshaft.Engine.Memory;
using Camshaft.Engine.Scheduling.Queues;

namespace Camshaft.Engine.Batching;

/// <summary>
/// The requests of one model whose rows have the same shapes, so that they can join: their queue, and the slab that the
/// next of them are put into. Any thread.
/// </summary>
internal sealed class ShapeBucket
{
    private readonly Lock _gate = new();
    private readonly BatchAxes _axes;
    private readonly Shape?[] _shapes;
    private readonly Stack<BatchSlab> _spares = new();
    private BatchSlab? _open;
    private int _users;

    /// <summary>Makes a bucket for requests that are like one.</summary>
    /// <param name="axes">How the model's requests join.</param>
    /// <param name="queue">Where they wait.</param>
    /// <param name="inputs">The request's inputs.</param>
    public ShapeBucket(BatchAxes axes, ModelQueue queue, ReadOnlySpan<TensorSlot> inputs)
    {
        _axes = axes;
        Queue = queue;
        _shapes = new Shape?[inputs.Length];
        for (var i = 0; i < inputs.Length; i++)
        {
            _shapes[i] = inputs[i].IsPresent ? new Shape(inputs[i].Dimensions) : null;
        }
    }

    /// <summary>Where the bucket's requests wait.</summary>
    public ModelQueue Queue { get; }

    /// <summary>When it was last used, for whoever needs room. Guarded by the table's lock.</summary>
    public long LastUse { get; set; }

    /// <summary>Whether no request refers to it.</summary>
    public bool IsIdle => Volatile.Read(ref _users) == 0;

    /// <summary>Whether a request's inputs have these shapes, the number of rows aside.</summary>
    public bool Matches(ReadOnlySpan<TensorSlot> inputs)
    {
        for (var i = 0; i < inputs.Length; i++)
        {
            if (_shapes[i] is not { } shape)
            {
                if (inputs[i].IsPresent)
                {
                    return false;
                }
            }
            else if (!inputs[i].IsPresent || !IsSame(shape.Dimensions, inputs[i].Dimensions, _axes.GetInputAxis(i)))
            {
                return false;
            }
        }

        return true;
    }

    /// <summary>Adds a user. Under the table's lock.</summary>
    public void AddUser() => Interlocked.Increment(ref _users);

    /// <summary>Takes a user away. The last one closes the slab: an idle model holds no memory.</summary>
    /// <param name="slab">The slab that its rows lay in; null = none.</param>
    public void RemoveUser(BatchSlab? slab)
    {
        var isLast = Interlocked.Decrement(ref _users) == 0;
        if (!isLast && slab is null)
        {
            return;
        }

        lock (_gate)
        {
            if (slab?.RemoveUser() == true)
            {
                _spares.Push(slab);
            }

            if (isLast && IsIdle)
            {
                Close();
            }
        }
    }

    /// <summary>Puts a request's tensors into the next rows of the open slab, or of a new one.</summary>
    /// <param name="request">The request, its outputs' shapes bound.</param>
    /// <param name="memory">Where slabs come from.</param>
    /// <returns><see langword="false"/> when the request is better off with memory of its own: nobody is there to join it, or there is no room.</returns>
    public bool TryClaim(InferenceRequest request, HostMemoryPool memory)
    {
        lock (_gate)
        {
            if (_open?.TryClaim(request) == true)
            {
                return true;
            }

            Close();
            var rows = ChooseRows(request.RowCount);
            if (rows > request.RowCount)
            {
                Open(request, rows, memory);
            }

            return _open?.TryClaim(request) == true;
        }
    }

    private static bool IsSame(ReadOnlySpan<long> one, ReadOnlySpan<long> other, int exceptAxis)
    {
        if (one.Length != other.Length)
        {
            return false;
        }

        for (var i = 0; i < one.Length; i++)
        {
            if (one[i] != other[i] && i != exceptAxis)
            {
                return false;
            }
        }

        return true;
    }

    /// <summary>
    /// As many rows as are likely to be filled: under load a whole batch, when it is quiet none beyond the request's own, so
    /// that memory is taken for what comes and not for what may.
    /// </summary>
    private int ChooseRows(int rows)
    {
        var expected = Math.Max(Queue.RowsWaiting + rows, 2 * Queue.RecentBatchRows);
        return expected <= rows ? rows : (int)Math.Min(_axes.MaxRows, System.Numerics.BitOperations.RoundUpToPowerOf2((uint)expected));
    }

    private void Open(InferenceRequest request, int rows, HostMemoryPool memory)
    {
        if (!_spares.TryPop(out var slab))
        {
            slab = new BatchSlab(request.Inputs.Length, request.Outputs.Length);
        }

        if (slab.TryOpen(_axes, request, rows, memory))
        {
            _open = slab;
        }
        else
        {
            _spares.Push(slab);
        }
    }

    private void Close()
    {
        if (_open?.Close() == true)
        {
            _spares.Push(_open);
        }

        _open = null;
    }
}
