using Camshaft.Backends;

namespace Camshaft.Engine.Models;

/// <summary>
/// A loaded model's instances, one for each lane that has run it. Whoever holds a lane is alone with its place; lanes may
/// come at any time. Disposed when nothing runs any more.
/// </summary>
internal sealed class LaneInstances(ILoadedModel model) : IDisposable
{
    private readonly Lock _growth = new();
    private volatile Place[] _places = [];

    /// <summary>The instance for a lane, made when the lane first runs the model.</summary>
    public IModelInstance Get(ILane lane) => GetPlace(lane.Index).Instance ??= model.CreateInstance(lane);

    /// <summary>Disposes a lane's instance, so that the next run makes a new one.</summary>
    public void Drop(ILane lane)
    {
        var place = GetPlace(lane.Index);
        var instance = place.Instance;
        place.Instance = null;
        instance?.Dispose();
    }

    public void Dispose()
    {
        foreach (var place in _places)
        {
            place.Instance?.Dispose();
        }
    }

    private Place GetPlace(int index)
    {
        var places = _places;
        return index < places.Length ? places[index] : Grow(index);
    }

    private Place Grow(int index)
    {
        lock (_growth)
        {
            // The places are shared by the old array and the new one, so that nobody writes to one that is gone.
            while (_places.Length <= index)
            {
                _places = [.. _places, new Place()];
            }

            return _places[index];
        }
    }

    private sealed class Place
    {
        public IModelInstance? Instance { get; set; }
    }
}
