namespace Camshaft.Engine.Inference;

/// <summary>A request's place in one of the scheduler's doubly linked lists, which so need no nodes of their own.</summary>
internal struct RequestLinks
{
    public InferenceRequest? Previous;
    public InferenceRequest? Next;
}
