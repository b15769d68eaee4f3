using System.Diagnostics;

namespace Camshaft.GpuBenchmark;

/// <summary>Until when a part may go on measuring; one that has come that far reports what it has. Any thread.</summary>
internal sealed class TimeLimit(TimeSpan time)
{
    private readonly long _start = Stopwatch.GetTimestamp();

    /// <summary>No limit.</summary>
    public static TimeLimit None { get; } = new(TimeSpan.MaxValue);

    /// <summary>Whether the time is over.</summary>
    public bool IsOver => Stopwatch.GetElapsedTime(_start) >= time;

    /// <exception cref="TimeoutException">The time is over, and there is nothing yet that could be reported.</exception>
    public void ThrowIfOver()
    {
        if (IsOver)
        {
            throw new TimeoutException($"There was nothing to report after {time.TotalSeconds:0} s.");
        }
    }
}
