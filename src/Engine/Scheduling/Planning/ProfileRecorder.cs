namespace Camshaft.Engine.Scheduling.Planning;

/// <summary>
/// Keeps a profile current: takes the times of runs and follows their median and 95th percentile at each measured batch size.
/// Takes no memory. Its owner records under its own lock, and makes a new profile when <see cref="HasDrifted"/> says so.
/// </summary>
public sealed class ProfileRecorder
{
    // A quantile is followed in steps of a fixed part of its value, up or down as often as its rank wants it: 2 % follow a
    // change within some hundred runs, and a single slow run moves it little.
    private const double Step = 0.02;
    private const double SlowRank = 0.95;

    // A change that is worth a new plan.
    private const double Drift = 0.05;

    private readonly BatchProfile _profile;
    private readonly Estimate[] _estimates;

    private readonly long _leastDriftTicks;

    /// <summary>Starts from a profile.</summary>
    /// <param name="profile">The profile.</param>
    /// <param name="leastDriftTicks">Differences up to this are of no account, however large a part they are.</param>
    public ProfileRecorder(BatchProfile profile, long leastDriftTicks = 0)
    {
        _profile = profile;
        _leastDriftTicks = leastDriftTicks;
        _estimates = [.. profile.Measurements.ToArray().Select(static measurement => new Estimate(measurement))];
    }

    /// <summary>Whether some time differs from the profile's by more than 5 %.</summary>
    public bool HasDrifted { get; private set; }

    /// <summary>Takes the times of a run.</summary>
    /// <param name="rows">The rows of its batch, 1 or more.</param>
    /// <param name="cpuTicks">Its device time.</param>
    /// <param name="wallTicks">Its length had it had a processor to itself; the device time where that is not known better.</param>
    public void Record(int rows, long cpuTicks, long wallTicks)
    {
        // A run between two sizes speaks for the nearer, as much slower or quicker there as it is here.
        var index = FindNearest(rows);
        ref var estimate = ref _estimates[index];
        var original = _profile.Measurements[index];
        var cpu = (double)cpuTicks * original.CpuTicks / _profile.GetCpuTicks(rows);
        var wall = (double)wallTicks * original.WallTicks / _profile.GetWallTicks(rows);
        estimate.Cpu += estimate.Cpu * (cpu > estimate.Cpu ? Step / 2 : -Step / 2);
        estimate.Wall += estimate.Wall * (wall > estimate.Wall ? Step / 2 : -Step / 2);
        estimate.SlowWall += estimate.SlowWall * (wall > estimate.SlowWall ? Step * SlowRank : -Step * (1 - SlowRank));
        HasDrifted = IsFar(estimate.Cpu, original.CpuTicks) || IsFar(estimate.Wall, original.WallTicks) || IsFar(estimate.SlowWall, original.SlowWallTicks);
    }

    /// <summary>The profile as it is now; a recorder goes with one profile, so a new one starts from it.</summary>
    public BatchProfile ToProfile() => new([.. _estimates.Select(static estimate => new BatchMeasurement(
        estimate.Rows, Math.Max(1, (long)estimate.Cpu), Math.Max(1, (long)estimate.Wall), Math.Max(1, (long)Math.Max(estimate.Wall, estimate.SlowWall))))]);

    private bool IsFar(double estimate, long original) => Math.Abs(estimate - original) > Math.Max(original * Drift, _leastDriftTicks);

    private int FindNearest(int rows)
    {
        var nearest = 0;
        for (var i = 1; i < _estimates.Length; i++)
        {
            if (Math.Abs(_estimates[i].Rows - rows) <= Math.Abs(_estimates[nearest].Rows - rows))
            {
                nearest = i;
            }
        }

        return nearest;
    }

    private struct Estimate(BatchMeasurement measurement)
    {
        public readonly int Rows = measurement.Rows;
        public double Cpu = measurement.CpuTicks;
        public double Wall = measurement.WallTicks;
        public double SlowWall = measurement.SlowWallTicks;
    }
}
