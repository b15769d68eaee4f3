namespace Camshaft.Backends;

/// <summary>
/// A model's part of an accelerator: its account of the memory, and lanes with its priority. This is the device that
/// <see cref="IBackend.Load"/> is given there; its lanes are <see cref="IAcceleratorLane"/>. Any thread.
/// </summary>
public interface IAcceleratorShare : IDevice, IDisposable
{
    /// <summary>The whole device.</summary>
    IAccelerator Accelerator { get; }

    /// <summary>
    /// The part of the processors that are the model's own: what it was to have, rounded up to what the device can divide; 0 = none, it
    /// shares with others.
    /// </summary>
    double ProcessorShare { get; }

    /// <summary>What the model is to have, as the device was opened with it.</summary>
    AcceleratorTerms Terms => new(Name);

    /// <summary>
    /// How many bytes of the device's memory a library of the backend has taken for the model by itself, beside <see cref="Allocate"/>. Whoever
    /// knows says it here; they count in <see cref="UsedByteSize"/>, and leave less to batches. What is taken is never refused any more.
    /// </summary>
    long ForeignByteSize
    {
        get => 0;
        set { }
    }

    /// <summary>
    /// Whether work on the lanes' streams is kept to some of the processors: the model's own, or those that are not reserved for models with
    /// their own. Work that is recorded on another stream would not stay there.
    /// </summary>
    bool IsConfined { get; }

    /// <summary>How many bytes of the device's memory the model and its batches take.</summary>
    long UsedByteSize { get; }

    /// <summary>The most that <see cref="UsedByteSize"/> ever was.</summary>
    long PeakByteSize { get; }

    /// <summary>
    /// Gives each lane that is made from now on streams that no other lane has, for a backend that records what it enqueues on them: on a
    /// stream that two lanes share, what the other lane enqueues meanwhile would be recorded with it.
    /// </summary>
    /// <exception cref="BackendException">The device cannot do that (<see cref="StatusCode.Unsupported"/>).</exception>
    void SeparateLanes() => throw new BackendException(StatusCode.Unsupported, $"Lanes of '{Name}' share their streams.");

    /// <summary>Takes device memory for as long as the model needs it, for its weights for example.</summary>
    /// <returns>The address, aligned to at least 256 bytes; good for every stream. The content is undefined.</returns>
    /// <exception cref="BackendException">The model's or the device's memory is used up (<see cref="StatusCode.ResourceExhausted"/>).</exception>
    nint Allocate(long byteSize);

    /// <summary>Gives back what <see cref="Allocate"/> returned, once, when nothing that is enqueued uses it any more.</summary>
    void Free(nint address);
}
