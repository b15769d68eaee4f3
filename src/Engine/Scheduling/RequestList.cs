using Camshaft.Engine.Inference;

namespace Camshaft.Engine.Scheduling;

/// <summary>Requests in a row, linked through themselves. Guarded by the scheduler's lock.</summary>
internal struct RequestList
{
    private InferenceRequest? _last;

    public InferenceRequest? First { get; private set; }

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
