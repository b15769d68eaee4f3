namespace Camshaft.Engine.Scheduling;

/// <summary>
/// Decides what a free lane runs next: a pure function of the queues and the time, so that the same class serves and
/// simulates. Called under the scheduler's lock; it must be quick, take no memory and keep no state that it does not own.
/// </summary>
public interface ISchedulingPolicy
{
    /// <summary>The name by which configurations ask for it.</summary>
    string Name { get; }

    /// <summary>Decides for one free lane.</summary>
    /// <param name="queues">Every queue of the device; a queue's place stays the same while its model is loaded.</param>
    /// <param name="now">Now, in ticks of the engine's clock.</param>
    SchedulingDecision Decide(ReadOnlySpan<QueueState> queues, long now);
}
