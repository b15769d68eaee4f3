namespace Camshaft.Backends.Cuda.Devices;

/// <summary>The streams of a device, or of a part of it: one set for two lanes and each priority, while a lane uses it. Any thread.</summary>
internal sealed class CudaStreamSets(Func<int, CudaStream> create)
{
    private readonly Lock _gate = new();
    private readonly Dictionary<(int Pair, int Priority), Entry> _sets = [];

    /// <summary>The streams for a lane; <see cref="Return"/> them.</summary>
    public CudaStreams Rent(int laneIndex, int priority)
    {
        lock (_gate)
        {
            ref var entry = ref System.Runtime.InteropServices.CollectionsMarshal.GetValueRefOrAddDefault(_sets, (GetPair(laneIndex), priority), out _);
            entry = new Entry(entry.Streams ?? new CudaStreams(() => create(priority)), entry.LaneCount + 1);
            return entry.Streams;
        }
    }

    public void Return(int laneIndex, int priority)
    {
        lock (_gate)
        {
            var key = (GetPair(laneIndex), priority);
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
    private static int GetPair(int laneIndex) => (laneIndex + 1) / 2;

    private readonly record struct Entry(CudaStreams Streams, int LaneCount);
}
