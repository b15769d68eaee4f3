namespace Camshaft.Load.Running;

/// <summary>The time of a run, and the waits of its sending threads. In tests time is virtual, and waiting makes it pass.</summary>
internal interface IRunClock
{
    /// <summary>Now, in nanoseconds since a moment of the clock's own.</summary>
    long Now { get; }

    /// <summary>Returns at a moment, or as soon after it as the system manages; at once when it has passed.</summary>
    /// <exception cref="OperationCanceledException">The run is cancelled.</exception>
    void WaitUntil(long time, CancellationToken cancellationToken);

    /// <summary>Waits for answers.</summary>
    /// <param name="inFlight">The requests that are unanswered.</param>
    /// <param name="atMost">How many may remain.</param>
    /// <param name="deadline">Until when to wait.</param>
    /// <param name="cancellationToken">Cancels the run.</param>
    /// <returns><see langword="false"/>: the deadline has passed, and there are more.</returns>
    /// <exception cref="OperationCanceledException">The run is cancelled.</exception>
    bool WaitForAnswers(InFlightCount inFlight, int atMost, long deadline, CancellationToken cancellationToken);
}
