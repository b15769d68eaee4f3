namespace Camshaft.Backends;

/// <summary>
/// One loaded version of a model; its weights exist once, however many instances run it. Disposed after the last of its
/// instances, when nothing runs any more.
/// </summary>
public interface ILoadedModel : IDisposable
{
    /// <summary>Inputs and outputs, with the batch axis of each.</summary>
    ModelSignature Signature { get; }

    /// <summary>What the model takes, as far as the backend can measure it; called rarely, from any thread.</summary>
    MemoryFootprint Footprint { get; }

    /// <summary>What people may want to know of it beside that it serves, a faster form that is still being built for example; null = nothing. Asked from any thread, also after its end.</summary>
    string? Note => null;

    /// <summary>Makes an instance for a lane. The engine runs at most one batch at a time on an instance and disposes it.</summary>
    /// <exception cref="BackendException">There is no memory left for it, or the lane is none that this backend can use.</exception>
    IModelInstance CreateInstance(ILane lane);
}
