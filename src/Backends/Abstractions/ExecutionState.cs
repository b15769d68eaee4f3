namespace Camshaft.Backends;

/// <summary>Whether a batch is done when <see cref="IModelInstance.Execute"/> returns.</summary>
public enum ExecutionState : byte
{
    /// <summary>The outputs are there.</summary>
    Completed,

    /// <summary>The backend completes or fails the execution later.</summary>
    Pending,
}
