using Camshaft.Load.Running;

namespace Camshaft.Load.Tests.Running;

public sealed class MonotonicClockTests
{
    private readonly MonotonicClock _clock = new();

    [Fact]
    public void A_wait_never_ends_before_its_moment()
    {
        for (var microseconds = 0; microseconds < 3000; microseconds += 100)
        {
            var until = _clock.Now + (microseconds * 1000);
            _clock.WaitUntil(until, CancellationToken.None);
            Assert.True(_clock.Now >= until);
        }
    }

    [Fact]
    public void Waiting_takes_no_processor()
    {
        var thread = new ThreadTime();

        _clock.WaitUntil(_clock.Now + 300_000_000, CancellationToken.None);

        // A wait that spins takes as much processor time as it lasts.
        Assert.True(thread.Elapsed < TimeSpan.FromMilliseconds(100), $"It took {thread.Elapsed.TotalMilliseconds} ms.");
    }

    [Fact]
    public async Task A_cancelled_wait_ends()
    {
        using var cancellation = new CancellationTokenSource();
        var wait = Task.Run(() => _clock.WaitUntil(long.MaxValue, cancellation.Token));
        await cancellation.CancelAsync();

        await Assert.ThrowsAsync<OperationCanceledException>(() => wait.WaitAsync(TimeSpan.FromSeconds(30)));
    }

    [Fact]
    public async Task A_wait_for_answers_ends_with_the_answer_or_at_the_deadline()
    {
        var inFlight = new InFlightCount();
        inFlight.Enter();
        Assert.False(_clock.WaitForAnswers(inFlight, 0, _clock.Now + 1_000_000, CancellationToken.None));

        var wait = Task.Run(() => _clock.WaitForAnswers(inFlight, 0, long.MaxValue, CancellationToken.None));
        inFlight.Leave();

        Assert.True(await wait.WaitAsync(TimeSpan.FromSeconds(30)));
    }

    /// <summary>The processor time of this thread.</summary>
    private sealed class ThreadTime
    {
        private readonly TimeSpan _start = Read();

        public TimeSpan Elapsed => Read() - _start;

        private static TimeSpan Read()
        {
            Assert.SkipUnless(OperatingSystem.IsLinux(), "The time of one thread is read from /proc.");

            // utime and stime, fields 14 and 15 of proc(5), in hundredths of a second; the name before them may hold blanks.
            var fields = File.ReadAllText("/proc/thread-self/stat").Split(") ")[^1].Split(' ');
            return TimeSpan.FromMilliseconds(10 * (long.Parse(fields[11]) + long.Parse(fields[12])));
        }
    }
}
