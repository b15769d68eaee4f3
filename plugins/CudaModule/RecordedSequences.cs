using Camshaft.Backends;
using Camshaft.Backends.Cuda;

namespace Camshaft.Plugins.CudaModules;

/// <summary>
/// Sequences of kernels that were recorded for some shapes, to be launched as a whole. One is recorded when the same shapes come at the
/// same addresses a second time; what cannot be recorded then is enqueued kernel by kernel from then on. Belongs to an instance: whatever
/// was launched from here before has run.
/// </summary>
/// <param name="context">The device's.</param>
/// <param name="gate">Keeps recordings apart from what would spoil them; null = nothing would.</param>
/// <param name="onRefused">Told why a sequence cannot be recorded.</param>
internal sealed class RecordedSequences(CudaContext context, RecordingGate? gate, Action<string> onRefused) : IDisposable
{
    // As many shapes as a model of variable length has buckets; the one used longest ago makes room.
    private const int MostRecords = 16;

    private readonly List<Entry> _entries = [];
    private CudaStream? _stream;

    /// <summary>Finds the record for a key, or makes it if it is time for that.</summary>
    /// <param name="key">Lengths and addresses.</param>
    /// <param name="record">Enqueues the sequence on a stream.</param>
    /// <returns>Null = not now: the sequence is enqueued kernel by kernel.</returns>
    public CudaGraph? Get(ReadOnlySpan<long> key, Action<nint> record)
    {
        var index = Find(key);
        if (index < 0)
        {
            Add(key.ToArray());
            return null;
        }

        // The last is the one that was used last.
        var entry = _entries[index];
        if (index != _entries.Count - 1)
        {
            _entries.RemoveAt(index);
            _entries.Add(entry);
        }

        if (entry is { Graph: null, IsRefused: false })
        {
            Record(entry, record);
        }

        return entry.Graph;
    }

    public void Dispose()
    {
        foreach (var entry in _entries)
        {
            entry.Graph?.Dispose();
        }

        _stream?.Dispose();
    }

    // On a stream of its own: other lanes go on enqueueing on the one that computes. Not now if something would spoil it.
    private void Record(Entry entry, Action<nint> record)
    {
        _stream ??= CudaStream.Create(context, context.GetStreamPriorities().Lowest);
        if (gate?.TryEnterRecording() == false)
        {
            return;
        }

        try
        {
            entry.Graph = CudaGraph.Capture(context, _stream.Value, () => record(_stream.Value));
        }
        catch (CudaException exception) when (!exception.IsSticky)
        {
            // The fault of the launches, which are about to be made as they are, or of the recording alone.
            entry.IsRefused = true;
            onRefused(exception.Message);
        }
        finally
        {
            gate?.ExitRecording();
        }
    }

    private int Find(ReadOnlySpan<long> key)
    {
        for (var i = _entries.Count - 1; i >= 0; i--)
        {
            if (key.SequenceEqual(_entries[i].Key))
            {
                return i;
            }
        }

        return -1;
    }

    private void Add(long[] key)
    {
        if (_entries.Count == MostRecords)
        {
            _entries[0].Graph?.Dispose();
            _entries.RemoveAt(0);
        }

        _entries.Add(new Entry(key));
    }

    private sealed class Entry(long[] key)
    {
        public long[] Key => key;

        public CudaGraph? Graph { get; set; }

        /// <summary>Whether it could not be recorded.</summary>
        public bool IsRefused { get; set; }
    }
}
