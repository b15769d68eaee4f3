namespace Camshaft.Engine.Inference;

/// <summary>Keeps requests of one version of a model for reuse, up to a bound. Any thread.</summary>
internal sealed class RequestPool(Func<InferenceRequest> create)
{
    // What is above it was a burst; its objects go to the garbage collector.
    private const int MostKept = 256;

    private readonly Lock _gate = new();
    private readonly Stack<InferenceRequest> _requests = new();

    public InferenceRequest Rent()
    {
        lock (_gate)
        {
            if (_requests.TryPop(out var request))
            {
                return request;
            }
        }

        return create();
    }

    public void Return(InferenceRequest request)
    {
        lock (_gate)
        {
            if (_requests.Count < MostKept)
            {
                _requests.Push(request);
            }
        }
    }
}
