using System.Runtime.InteropServices;

namespace Camshaft.Backends.Cuda.Devices;

/// <summary>The streams of a device, of a part of it or of a model: one set for two lanes, or for each, and each priority, while a lane uses it. Any thread.</summary>
/// <param name="create">Makes a stream of a priority.</param>
/// <param name="isShared">Whether two lanes have a set together.</param>
internal sealed class CudaStreamSets(Func<int, CudaStream> create, bool isShared = true)
{
    private readonly Lock _gate = new();
    private readonly Dictionary<(int Place, int Priority), Entry> _sets = [];

    /// <summary>The streams for a lane; <see cref="Return"/> them.</summary>
    public CudaStreams Rent(int laneIndex, int priority)
    {
        lock (_gate)
        {
            ref var entry = ref CollectionsMarshal.GetValueRefOrAddDefault(_sets, (GetPlace(laneIndex), priority), out _);
            entry = new Entry(entry.Streams ?? new CudaStreams(() => create(priority)), entry.LaneCount + 1);
            return entry.Streams;
        }
    }

    public void Return(int laneIndex, int priority)
    {
        lock (_gate)
        {
            var key = (GetPlace(laneIndex), priority);
            var (streams, count) = _sets[key];
            if (count > 1)
            {
                _sets[key] = new Entry(streams, count - 1);
                return;
            }

            _sets.Remove(key);
            streams.Close();
        }
    }

    // Lane 0 is the one on which models are warmed up; it is by itself.
    private int GetPlace(int laneIndex) => isShared ? (laneIndex + 1) / 2 : laneIndex;

    private readonly record struct Entry(CudaStreams Streams, int LaneCount);
}
