using Camshaft.Engine.Inference;

namespace Camshaft.Engine.Scheduling.Queues;

/// <summary>Requests in a row, linked through themselves. Guarded by the scheduler's lock.</summary>
internal struct RequestList
{
    private InferenceRequest? _last;

    public InferenceRequest? First { get; private set; }

    public readonly InferenceRequest? Last => _last;

    public void Append(InferenceRequest request)
    {
        request.QueueLinks.Previous = _last;
        if (_last is null)
        {
            First = request;
        }
        else
        {
            _last.QueueLinks.Next = request;
        }

        _last = request;
    }

    /// <summary>Puts a request behind one that is in the list; null = before all.</summary>
    public void InsertBehind(InferenceRequest request, InferenceRequest? other)
    {
        if (other is null)
        {
            Prepend(request);
        }
        else if (other == _last)
        {
            Append(request);
        }
        else
        {
            request.QueueLinks.Previous = other;
            request.QueueLinks.Next = other.QueueLinks.Next;
            other.QueueLinks.Next!.QueueLinks.Previous = request;
            other.QueueLinks.Next = request;
        }
    }

    public void Prepend(InferenceRequest request)
    {
        request.QueueLinks.Next = First;
        if (First is null)
        {
            _last = request;
        }
        else
        {
            First.QueueLinks.Previous = request;
        }

        First = request;
    }

    public void Remove(InferenceRequest request)
    {
        ref var links = ref request.QueueLinks;
        if (links.Previous is null)
        {
            First = links.Next;
        }
        else
        {
            links.Previous.QueueLinks.Next = links.Next;
        }

        if (links.Next is null)
        {
            _last = links.Previous;
        }
        else
        {
            links.Next.QueueLinks.Previous = links.Previous;
        }

        links = default;
    }
}
