namespace Camshaft.Engine.Scheduling.Planning;

/// <summary>
/// T(b): how long a model's runs take by the size of their batch, from measurements at some sizes and straight lines between
/// them. Immutable. A longer batch never counts as quicker, so that a time can be turned back into a size.
/// </summary>
public sealed class BatchProfile
{
    /// <summary>The largest batch that a profile can have, in rows.</summary>
    public const int RowLimit = 4096;

    private readonly BatchMeasurement[] _measurements;

    // By rows: a look-up for each decision.
    private readonly long[] _cpuTicks;
    private readonly long[] _wallTicks;
    private readonly long[] _slowWallTicks;

    /// <summary>Takes measurements at one or more batch sizes, in ascending order. Sizes below the first count as the first.</summary>
    /// <exception cref="ArgumentException">There are none, they are out of order, or one has no time or too many rows.</exception>
    public BatchProfile(ReadOnlySpan<BatchMeasurement> measurements)
    {
        Check(measurements);
        _measurements = [.. measurements];
        MaxRows = measurements[^1].Rows;
        _cpuTicks = Interpolate(static measurement => measurement.CpuTicks);
        _wallTicks = Interpolate(static measurement => measurement.WallTicks);
        _slowWallTicks = Interpolate(static measurement => measurement.SlowWallTicks);
    }

    /// <summary>What was measured.</summary>
    public ReadOnlySpan<BatchMeasurement> Measurements => _measurements;

    /// <summary>The largest batch that was measured, in rows; times beyond grow in proportion.</summary>
    public int MaxRows { get; }

    /// <summary>The device time of a run: median.</summary>
    /// <param name="rows">1 or more.</param>
    public long GetCpuTicks(int rows) => Get(_cpuTicks, rows);

    /// <summary>The length of a run on a free processor: median.</summary>
    /// <param name="rows">1 or more.</param>
    public long GetWallTicks(int rows) => Get(_wallTicks, rows);

    /// <summary>The length of a run on a free processor: 95th percentile.</summary>
    /// <param name="rows">1 or more.</param>
    public long GetSlowWallTicks(int rows) => Get(_slowWallTicks, rows);

    /// <summary>How many rows can run within a time, 95 times of a hundred; 0 = not even one.</summary>
    public int GetMaxRowsWithin(double ticks)
    {
        var low = 0;
        var high = MaxRows;
        while (low < high)
        {
            var middle = (low + high + 1) / 2;
            if (_slowWallTicks[middle] <= ticks)
            {
                low = middle;
            }
            else
            {
                high = middle - 1;
            }
        }

        return low;
    }

    private static void Check(ReadOnlySpan<BatchMeasurement> measurements)
    {
        var rows = 0;
        foreach (var measurement in measurements)
        {
            if (measurement.Rows <= rows || measurement.Rows > RowLimit || measurement.CpuTicks <= 0 || measurement.WallTicks <= 0 || measurement.SlowWallTicks < measurement.WallTicks)
            {
                throw new ArgumentException($"{measurement} is no measurement to follow one of {rows} rows: rows ascend to {RowLimit}, times are positive, the 95th percentile is no less than the median.", nameof(measurements));
            }

            rows = measurement.Rows;
        }

        if (rows == 0)
        {
            throw new ArgumentException("A profile has one measurement at least.", nameof(measurements));
        }
    }

    private long[] Interpolate(Func<BatchMeasurement, long> select)
    {
        var ticks = new long[MaxRows + 1];
        var next = 0;
        for (var rows = 1; rows <= MaxRows; rows++)
        {
            next += rows > _measurements[next].Rows ? 1 : 0;
            var above = _measurements[next];
            var below = _measurements[Math.Max(0, next - 1)];
            var part = next == 0 ? 1 : (double)(rows - below.Rows) / (above.Rows - below.Rows);
            var value = select(below) + (part * (select(above) - select(below)));
            ticks[rows] = Math.Max(ticks[rows - 1], (long)value);
        }

        return ticks;
    }

    private long Get(long[] ticks, int rows) =>
        rows <= MaxRows ? ticks[rows] : (long)(ticks[MaxRows] * ((double)rows / MaxRows));
}
