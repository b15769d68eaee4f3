namespace Camshaft.GpuBenchmark;

/// <summary>Ends the program when it has not come to its end by itself: a call of the driver may wait for ever for a GPU that hangs.</summary>
internal sealed class Watchdog : IDisposable
{
    private readonly ITimer _timer;

    /// <param name="time">How long the program may take.</param>
    /// <param name="errors">Where it says so.</param>
    /// <param name="end">Ends the process at once.</param>
    /// <param name="timeProvider">The clock.</param>
    public Watchdog(TimeSpan time, TextWriter errors, Action end, TimeProvider timeProvider) => _timer = timeProvider.CreateTimer(
        _ =>
        {
            errors.WriteLine($"The driver does not answer: the benchmark is ended after {time.TotalSeconds:0} s. What is printed above was measured.");
            errors.Flush();
            end();
        },
        null,
        time,
        Timeout.InfiniteTimeSpan);

    /// <inheritdoc/>
    public void Dispose() => _timer.Dispose();
}
