namespace Camshaft.Backends;

/// <summary>Whether a batch is done when <see cref="IModelInstance.Execute"/> returns.</summary>
public enum ExecutionState : byte
{
    /// <summary>The outputs are there.</summary>
    Completed,

    /// <summary>The backend completes or fails the execution later.</summary>
    Pending,

    /// <summary>
    /// All of the batch's work is on the lane's compute stream (<see cref="IAcceleratorLane"/>); the engine copies the outputs and ends
    /// the batch behind it.
    /// </summary>
    Enqueued,
}
