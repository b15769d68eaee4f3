namespace Camshaft.Backends;

/// <summary>A runnable copy of a model on one lane. Never called twice at the same time.</summary>
public interface IModelInstance : IDisposable
{
    /// <summary>
    /// Runs one batch. The engine has checked every input against the signature: datatype, shape, byte size, and for
    /// <see cref="DataType.Bytes"/> that the lengths are whole.
    /// </summary>
    /// <remarks>
    /// Every requested output must have been given when the batch completes, in one of three ways: written to the engine's
    /// memory where <see cref="ModelExecution.TryGetOutput"/> offers it, written to what
    /// <see cref="ModelExecution.AllocateOutput"/> gives, or handed over by <see cref="ModelExecution.SetForeignOutput"/>.
    /// </remarks>
    /// <returns>
    /// <see cref="ExecutionState.Completed"/>: the outputs are there (backends on the CPU, on the lane's thread).
    /// <see cref="ExecutionState.Pending"/>: the backend calls <see cref="ModelExecution.Complete"/> or
    /// <see cref="ModelExecution.Fail"/> exactly once, later, from any thread; not on an <see cref="IAcceleratorLane"/>.
    /// <see cref="ExecutionState.Enqueued"/>: on an <see cref="IAcceleratorLane"/>, the work is on the lane's compute stream. Inputs and
    /// the engine's outputs are device memory there, and what of them the compute stream does in its order is all that the backend does.
    /// </returns>
    /// <exception cref="BackendException">The batch failed; the message reaches the client.</exception>
    /// <exception cref="OperationCanceledException">The run was ended because <see cref="ModelExecution.CancellationToken"/> was set.</exception>
    ExecutionState Execute(ModelExecution execution);
}
