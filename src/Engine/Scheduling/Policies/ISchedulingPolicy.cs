using Camshaft.Engine.Scheduling.Lanes;

namespace Camshaft.Engine.Scheduling.Policies;

/// <summary>
/// Decides what a free lane runs next from the state of its device and the time, and nothing else, so that the same class
/// serves and simulates. One instance for each device, called under its scheduler's lock: it is quick, takes no memory once
/// it has seen every model, and keeps no state but what it books for each model.
/// </summary>
public interface ISchedulingPolicy
{
    /// <summary>The name by which configurations ask for it.</summary>
    string Name { get; }

    /// <summary>Whether it tells short, medium and long runs apart, so that processors have lanes for each.</summary>
    bool UsesLaneClasses => true;

    /// <summary>
    /// Decides for one free lane. The scheduler asks for each free lane whenever a request is queued, a run has ended (which
    /// may free the way for lanes of other classes too) or the moment to wake has come, and again after each drop.
    /// </summary>
    /// <param name="device">The device now.</param>
    /// <param name="lane">The lane's class.</param>
    /// <returns>
    /// A run is booked: the caller carries it out and reports its time with <see cref="Account"/>, or takes the booking back
    /// with a time of 0.
    /// </returns>
    SchedulingDecision Decide(in DeviceState device, LaneClass lane);

    /// <summary>Decides whether a request may queue, in a time that does not grow with the number of models or requests.</summary>
    /// <param name="device">The device now, without the request.</param>
    /// <param name="queue">The queue that it would go to.</param>
    /// <param name="rows">Its rows, 1 or more.</param>
    /// <param name="deadline">Its client's deadline; <see cref="long.MaxValue"/> = none.</param>
    /// <param name="softDeadline">When it misses its model's objective; <see cref="long.MaxValue"/> = none.</param>
    AdmissionDecision Admit(in DeviceState device, int queue, int rows, long deadline, long softDeadline) => AdmissionDecision.Admitted;

    /// <summary>Books what a run has really taken. Called once for each run, when it has ended.</summary>
    /// <param name="model">The place of its model.</param>
    /// <param name="bookedCpuTicks"><see cref="SchedulingDecision.CpuTicks"/> of the decision; 0 for a run that was not decided, such as one on the caller's thread.</param>
    /// <param name="cpuTicks">The device time that it took, on processors the thread's CPU time, in ticks.</param>
    void Account(int model, long bookedCpuTicks, long cpuTicks)
    {
    }

    /// <summary>Compares how long a run was expected to take with how long it has taken. Called for each run that was decided, when it has ended well.</summary>
    /// <param name="lane">The class of its lane.</param>
    /// <param name="expectedTicks"><see cref="SchedulingDecision.WallTicks"/> of the decision.</param>
    /// <param name="wallTicks">How long it has taken.</param>
    void Observe(LaneClass lane, long expectedTicks, long wallTicks)
    {
    }

    /// <summary>Forgets what is booked for a model, before its place is given to another.</summary>
    void Forget(int model)
    {
    }
}
