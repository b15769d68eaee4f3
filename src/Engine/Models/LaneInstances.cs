using Camshaft.Backends;

namespace Camshaft.Engine.Models;

/// <summary>
/// A loaded model's instances, one for each lane that has run it. Whoever holds a lane is alone with its place; lanes may
/// come at any time. Disposed when nothing runs any more.
/// </summary>
/// <param name="model">The model.</param>
/// <param name="share">Its part of an accelerator, where it has lanes of its own beside the scheduler's; null = on other devices.</param>
internal sealed class LaneInstances(ILoadedModel model, IAcceleratorShare? share = null) : IDisposable
{
    private readonly Lock _growth = new();
    private volatile Place[] _places = [];

    /// <summary>The instance for a lane, made when the lane first runs the model.</summary>
    public IModelInstance Get(ILane lane)
    {
        var place = GetPlace(lane.Index);
        return place.Instance ??= model.CreateInstance(GetLane(lane));
    }

    /// <summary>The model's own lane for one of the scheduler's: the same, but for an accelerator.</summary>
    public ILane GetLane(ILane lane) => share is null ? lane : GetPlace(lane.Index).Lane ??= share.CreateLane(lane.Index);

    /// <summary>Disposes a lane's instance, so that the next run makes a new one.</summary>
    public void Drop(ILane lane) => GetPlace(lane.Index).Dispose();

    /// <summary>Disposes them all, those too that come after one which cannot be.</summary>
    /// <exception cref="AggregateException">What the backend threw.</exception>
    public void Dispose()
    {
        List<Exception>? failures = null;
        foreach (var place in _places)
        {
            try
            {
                place.Dispose();
            }
            catch (Exception exception)
            {
                (failures ??= []).Add(exception);
            }
        }

        if (failures is not null)
        {
            throw new AggregateException(failures);
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

    private sealed class Place : IDisposable
    {
        public IModelInstance? Instance { get; set; }

        /// <summary>The model's own lane; null where it has none.</summary>
        public ILane? Lane { get; set; }

        public void Dispose()
        {
            var (instance, lane) = (Instance, Lane);
            (Instance, Lane) = (null, null);
            try
            {
                instance?.Dispose();
            }
            finally
            {
                lane?.Dispose();
            }
        }
    }
}
