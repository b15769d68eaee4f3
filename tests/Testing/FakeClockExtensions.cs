using Microsoft.Extensions.Time.Testing;

namespace Camshaft.Testing;

/// <summary>Moves a test's clock while real threads work.</summary>
public static class FakeClockExtensions
{
    extension(FakeTimeProvider clock)
    {
        /// <summary>
        /// Moves the clock step by step until something has happened. A millisecond passes for each step: the step divided by it is how
        /// much faster the clock goes than the threads that it is to find at work. On a busy machine those come late; a step that is too
        /// long lets every timeout of theirs pass first.
        /// </summary>
        /// <param name="step">How far at a time.</param>
        /// <param name="condition">Whether it has happened.</param>
        public async Task AdvanceUntilAsync(TimeSpan step, Func<bool> condition)
        {
            while (!condition())
            {
                clock.Advance(step);
                await Task.Delay(1, CancellationToken.None).ConfigureAwait(false);
            }
        }
    }
}
