namespace Camshaft.Backends.OnnxRuntime.Gpu;

/// <summary>
/// Which graph of a session a run has: ONNX Runtime records one for each number that a run is given, and plays it whatever is bound, so
/// a number stands for shapes and addresses, and is never given again. They are recorded when they come a second time; the one used
/// longest ago makes room. ONNX Runtime keeps graphs for each thread: what another one has recorded is forgotten. Belongs to an instance;
/// one run at a time.
/// </summary>
internal sealed class RecordedShapes
{
    /// <summary>How many graphs there are at the same time.</summary>
    public const int MostGraphs = 16;

    /// <summary>How many are recorded in all, those that failed included: addresses change until a lane has had its largest batch, and not much after.</summary>
    public const int MostRecordings = 64;

    /// <summary>The number of a run that is neither recorded nor played.</summary>
    public const int None = -1;

    // Numbers start at 1; ONNX Runtime keeps 0 to itself.
    private const int Seen = 0;

    // Graphs, shapes that came once and may come again, and those that cannot be recorded; the last is the one used last.
    private const int MostEntries = 2 * MostGraphs;

    private readonly List<Entry> _entries = [];
    private int _thread;
    private int _recordingCount;

    /// <summary>Finds the number for a run.</summary>
    /// <param name="key">Shapes and addresses.</param>
    /// <param name="thread">The thread that runs.</param>
    /// <param name="isDue">Whether the run would record; <see cref="End"/> tells what became of it.</param>
    public int Find(ReadOnlySpan<long> key, int thread, out bool isDue)
    {
        if (thread != _thread)
        {
            _thread = thread;
            _entries.Clear();
        }

        isDue = false;
        var index = IndexOf(key);
        if (index < 0)
        {
            if (_recordingCount < MostRecordings)
            {
                Add(key);
            }

            return None;
        }

        var entry = _entries[index];
        if (index != _entries.Count - 1)
        {
            _entries.RemoveAt(index);
            _entries.Add(entry);
        }

        if (entry.Number != Seen)
        {
            return entry.Number;
        }

        isDue = _recordingCount < MostRecordings;
        return isDue ? _recordingCount + 1 : None;
    }

    /// <summary>Says what became of the recording that was due.</summary>
    /// <returns>The number of the graph that makes room; 0 = none.</returns>
    public int End(bool isRecorded)
    {
        _recordingCount++;
        _entries[^1].Number = isRecorded ? _recordingCount : None;
        if (_entries.Count(static entry => entry.Number > Seen) <= MostGraphs)
        {
            return 0;
        }

        var oldest = _entries.FindIndex(static entry => entry.Number > Seen);
        var number = _entries[oldest].Number;
        _entries.RemoveAt(oldest);
        return number;
    }

    private int IndexOf(ReadOnlySpan<long> key)
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

    private void Add(ReadOnlySpan<long> key)
    {
        if (_entries.Count == MostEntries)
        {
            _entries.RemoveAt(_entries.FindIndex(static entry => entry.Number <= Seen));
        }

        _entries.Add(new Entry(key.ToArray()));
    }

    private sealed class Entry(long[] key)
    {
        public long[] Key => key;

        public int Number { get; set; } = Seen;
    }
}
