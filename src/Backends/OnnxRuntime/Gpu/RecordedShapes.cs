namespace Camshaft.Backends.OnnxRuntime.Gpu;

/// <summary>
/// Which graph of a session a run has: ONNX Runtime records one for each number that a run is given, keeps it until the session ends, and
/// plays it whatever is bound, so a number stands for shapes and addresses. They are recorded when they come a second time. ONNX Runtime
/// keeps graphs for each thread: what another one has recorded is forgotten. Belongs to an instance; one run at a time.
/// </summary>
internal sealed class RecordedShapes
{
    /// <summary>How many graphs are recorded, those that failed included.</summary>
    public const int MostGraphs = 16;

    /// <summary>The number of a run that is neither recorded nor played.</summary>
    public const int None = -1;

    // Numbers start at 1; ONNX Runtime keeps 0 to itself.
    private const int Seen = 0;

    // Shapes that came once, and may come again.
    private const int MostSeen = 16;

    private readonly List<Entry> _entries = [];
    private int _thread;
    private int _graphCount;
    private Entry? _due;

    /// <summary>Finds the number for a run.</summary>
    /// <param name="key">Shapes and addresses.</param>
    /// <param name="thread">The thread that runs.</param>
    /// <param name="isDue">Whether the run would record; <see cref="End"/> tells what became of it.</param>
    public int Find(ReadOnlySpan<long> key, int thread, out bool isDue)
    {
        isDue = false;
        if (thread != _thread)
        {
            _thread = thread;
            _entries.Clear();
        }

        foreach (var entry in _entries)
        {
            if (!key.SequenceEqual(entry.Key))
            {
                continue;
            }

            if (entry.Number != Seen)
            {
                return entry.Number;
            }

            isDue = _graphCount < MostGraphs;
            _due = entry;
            return isDue ? _graphCount + 1 : None;
        }

        if (_graphCount < MostGraphs)
        {
            Add(key);
        }

        return None;
    }

    /// <summary>Says what became of a recording that was due.</summary>
    public void End(bool isRecorded)
    {
        _graphCount++;
        _due!.Number = isRecorded ? _graphCount : None;
    }

    private void Add(ReadOnlySpan<long> key)
    {
        if (_entries.Count == MostGraphs + MostSeen)
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
