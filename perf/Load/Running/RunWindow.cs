using Camshaft.Load.Plans;

namespace Camshaft.Load.Running;

/// <summary>The moments of one run, in the clock's nanoseconds.</summary>
/// <param name="Start">The load begins.</param>
/// <param name="MeasureFrom">The warm-up is over.</param>
/// <param name="End">Nothing is sent any more.</param>
/// <param name="GiveUp">What is unanswered then stays so.</param>
internal sealed record RunWindow(long Start, long MeasureFrom, long End, long GiveUp)
{
    public static RunWindow From(LoadPlan plan, long start)
    {
        var measureFrom = start + ToNanoseconds(plan.WarmUp);
        var end = measureFrom + ToNanoseconds(plan.Duration);
        return new RunWindow(start, measureFrom, end, end + ToNanoseconds(plan.Drain));
    }

    /// <summary>Whether what happens then counts.</summary>
    public bool IsMeasured(long time) => time >= MeasureFrom && time < End;

    public static long ToNanoseconds(TimeSpan duration) => duration.Ticks * TimeSpan.NanosecondsPerTick;
}
