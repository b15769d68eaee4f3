using Camshaft.Engine.Inference;

namespace Camshaft.Engine.Batching;

/// <summary>
/// A batch while it is taken from its queue. Requests with tensors on the device stand behind all others, so that rows which share a slab are one copy whatever
/// came between them.
/// </summary>
/// <param name="head">Its first request; one with more rows than the limit stays alone.</param>
/// <param name="rowLimit">How many rows it may have.</param>
internal struct GatheredBatch(InferenceRequest head, int rowLimit)
{
    private InferenceRequest? _lastOnHost = head.HasTensorsOnDevice ? null : head;
    private InferenceRequest _last = head;
    private int _rows = head.RowCount;

    /// <summary>The first of its requests; the others follow by <see cref="InferenceRequest.NextInBatch"/>.</summary>
    public InferenceRequest First { get; private set; } = head;

    /// <summary>Whether a request can run with it.</summary>
    public readonly bool CanJoin(InferenceRequest next) =>
        _rows + next.RowCount <= rowLimit && BatchRules.CanJoin(First, _last.HasTensorsOnDevice || next.HasTensorsOnDevice ? null : _last, next);

    /// <summary>Takes a request in that <see cref="CanJoin"/>.</summary>
    public void Add(InferenceRequest next)
    {
        _rows += next.RowCount;
        if (next.HasTensorsOnDevice)
        {
            _last.NextInBatch = next;
            _last = next;
            return;
        }

        if (_lastOnHost is null)
        {
            next.NextInBatch = First;
            First = next;
        }
        else
        {
            next.NextInBatch = _lastOnHost.NextInBatch;
            _lastOnHost.NextInBatch = next;
            _last = _last == _lastOnHost ? next : _last;
        }

        _lastOnHost = next;
    }
}
