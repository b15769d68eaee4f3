namespace Camshaft.Backends;

/// <summary>
/// One batch on its way through a backend: inputs to read, outputs to write. The engine owns and reuses it; a backend keeps
/// no reference after completion. Inputs and outputs are counted in the order of the <see cref="ModelSignature"/>.
/// </summary>
public abstract class ModelExecution
{
    /// <summary>How many rows the batch has along the batch axis; 1 for models that do not batch.</summary>
    public abstract int RowCount { get; }

    /// <summary>
    /// Set when nobody waits for the batch any more. A backend that can end a run early does so and throws
    /// <see cref="OperationCanceledException"/>; registrations are disposed before <see cref="IModelInstance.Execute"/> returns.
    /// </summary>
    public abstract CancellationToken CancellationToken { get; }

    /// <summary>Whether the batch carries an input; false only for optional ones.</summary>
    public abstract bool HasInput(int index);

    /// <summary>An input's tensor. Backends read it only.</summary>
    /// <exception cref="InvalidOperationException">The batch does not carry it.</exception>
    public abstract TensorView GetInput(int index);

    /// <summary>Whether anyone asked for an output; what nobody asked for need not be computed.</summary>
    public abstract bool IsOutputRequested(int index);

    /// <summary>Gives the engine's memory for an output whose shape is known before the run: from the signature, or bound by the inputs.</summary>
    /// <returns><see langword="false"/> when the shape or the byte size is not known, or the output is not requested.</returns>
    public abstract bool TryGetOutput(int index, out TensorView output);

    /// <summary>Takes the engine's memory for an output whose shape the backend knows by now. Replaces what was given before.</summary>
    /// <param name="index">The output.</param>
    /// <param name="dataType">The datatype that the backend writes, which must be the signature's.</param>
    /// <param name="shape">Its dimensions, which must fit the signature.</param>
    /// <param name="byteSize">Its bytes; for datatypes of fixed size the element count times that size.</param>
    /// <exception cref="BackendException">Datatype or shape does not fit the signature, or the memory budget is used up.</exception>
    public abstract TensorView AllocateOutput(int index, DataType dataType, scoped ReadOnlySpan<long> shape, long byteSize);

    /// <summary>
    /// Hands over an output that lies in the backend's own memory. Replaces what was given before. The engine calls
    /// <paramref name="release"/> with <paramref name="state"/> exactly once, later, from any thread, also when this call throws; it must not throw itself.
    /// </summary>
    /// <param name="index">The output.</param>
    /// <param name="dataType">The datatype that it has, which must be the signature's.</param>
    /// <param name="shape">Its dimensions, which must fit the signature.</param>
    /// <param name="address">The first byte, in host memory.</param>
    /// <param name="byteSize">Its bytes.</param>
    /// <param name="release">Gives the memory back; a cached delegate keeps the call free of allocations.</param>
    /// <param name="state">Handed to <paramref name="release"/>, a native handle for example.</param>
    /// <exception cref="BackendException">Datatype, shape or size does not fit the signature.</exception>
    public abstract void SetForeignOutput(int index, DataType dataType, scoped ReadOnlySpan<long> shape, nint address, long byteSize, Action<nint> release, nint state);

    /// <summary>Ends a pending execution well. Only after <see cref="ExecutionState.Pending"/>.</summary>
    public abstract void Complete();

    /// <summary>Ends a pending execution badly. Only after <see cref="ExecutionState.Pending"/>.</summary>
    public abstract void Fail(InferenceStatus status);
}
