namespace Camshaft.Engine.Batching;

/// <summary>
/// An output of a whole batch that lies in its backend's memory, of which each request has a part. The last to let go gives
/// it back to the backend. Any thread.
/// </summary>
/// <param name="release">Gives the memory back.</param>
/// <param name="state">Handed to <paramref name="release"/>.</param>
internal sealed class SharedForeignMemory(Action<nint> release, nint state)
{
    private int _owners = 1;

    /// <summary>Adds an owner.</summary>
    public SharedForeignMemory Retain()
    {
        Interlocked.Increment(ref _owners);
        return this;
    }

    /// <summary>Takes an owner away.</summary>
    public void Release()
    {
        if (Interlocked.Decrement(ref _owners) == 0)
        {
            release(state);
        }
    }
}
