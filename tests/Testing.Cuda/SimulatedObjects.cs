using Camshaft.Backends.Cuda.Native;

namespace Camshaft.Testing.Cuda;

/// <summary>What the driver has made and not had back, by handle. A handle is never given out twice, so that a late use is known for what it is. Guarded by the driver's lock.</summary>
internal sealed class SimulatedObjects
{
    private readonly Dictionary<nint, SimulatedObject> _objects = [];
    private readonly Dictionary<nint, string> _ended = [];
    private nint _nextHandle = 0x5000_0000;

    public IEnumerable<SimulatedObject> All => _objects.Values;

    public nint Add(SimulatedObject made)
    {
        made.Handle = _nextHandle;
        _nextHandle += 16;
        _objects.Add(made.Handle, made);
        return made.Handle;
    }

    public T Find<T>(string call, nint handle) where T : SimulatedObject => _objects.GetValueOrDefault(handle) as T
        ?? throw new Misuse($"{call}: {(_ended.TryGetValue(handle, out var ended) ? $"what it is given was ended by {ended}" : $"{handle:X} is nothing that the driver made")}.", CudaStatus.InvalidHandle);

    public T Remove<T>(string call, nint handle) where T : SimulatedObject
    {
        var removed = Find<T>(call, handle);
        _objects.Remove(handle);
        _ended.Add(handle, call);
        return removed;
    }

    /// <summary>Ends the first object that is so.</summary>
    public T RemoveFirst<T>(string call, Func<T, bool> isSo) where T : SimulatedObject =>
        Remove<T>(call, All.OfType<T>().FirstOrDefault(isSo)?.Handle ?? throw new Misuse($"{call}: there is no such thing, or it was ended already.", CudaStatus.InvalidHandle));

    /// <summary>Ends every object that is so: they go with another.</summary>
    public void RemoveAll<T>(string call, Func<T, bool> isSo) where T : SimulatedObject
    {
        foreach (var removed in All.OfType<T>().Where(isSo).ToList())
        {
            Remove<T>(call, removed.Handle);
        }
    }
}
