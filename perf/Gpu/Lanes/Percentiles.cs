namespace Camshaft.GpuBenchmark.Lanes;

/// <summary>What many durations say together. One thread.</summary>
/// <param name="capacity">About how many there will be.</param>
internal sealed class Percentiles(int capacity)
{
    private readonly List<double> _microseconds = new(capacity);
    private bool _isSorted;

    public int Count => _microseconds.Count;

    public double Median => Get(0.5);

    public double P99 => Get(0.99);

    /// <summary>Adds one.</summary>
    public void Add(double microseconds)
    {
        _microseconds.Add(microseconds);
        _isSorted = false;
    }

    // Of none there is none.
    private double Get(double part)
    {
        if (!_isSorted)
        {
            _microseconds.Sort();
            _isSorted = true;
        }

        return Count == 0 ? double.NaN : _microseconds[(int)Math.Ceiling(part * Count) - 1];
    }
}
