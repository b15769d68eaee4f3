namespace Camshaft.Backends;

/// <summary>
/// A lane whose work runs later, on three streams: inputs are copied in, the model computes, outputs are copied out. Each step of a
/// batch waits on the device for the one before; the host waits for none. While one batch computes, the streams copy for another.
/// </summary>
/// <remarks>
/// The engine calls <see cref="Begin"/>, <see cref="CopyIn"/> for each input, <see cref="BeginCompute"/>, lets the backend enqueue,
/// <see cref="EndCompute"/>, <see cref="CopyOut"/> for each output, and <see cref="End"/>. A batch that fails on the way is ended too:
/// what has been enqueued by then still uses its memory. One thread at a time. Every method may throw a <see cref="BackendException"/>:
/// the device has failed, or refuses.
/// </remarks>
public interface IAcceleratorLane : ILane
{
    /// <summary>How long the device took for the model's part of the last batch that has ended; zero where a device that has failed cannot tell.</summary>
    TimeSpan ComputeTime { get; }

    /// <summary>Begins a batch. The one before has ended.</summary>
    void Begin();

    /// <summary>Takes device memory for the batch under way, for a backend's own scratch too. It is the lane's again when the batch has ended.</summary>
    /// <returns>
    /// The address, aligned to at least 256 bytes. Batches that take the same sizes in the same order get the same addresses, unless a
    /// larger one came between.
    /// </returns>
    /// <exception cref="BackendException">The model's or the device's memory is used up (<see cref="StatusCode.ResourceExhausted"/>).</exception>
    nint Allocate(long byteSize);

    /// <summary>Enqueues a copy to the device; the host's bytes stay as they are until the batch has ended.</summary>
    void CopyIn(nint destination, nint source, long byteSize);

    /// <summary>Enqueues a copy beside those of <see cref="CopyIn"/>, from other memory of the same device, which stays as it is until the batch has ended.</summary>
    void CopyInOnDevice(nint destination, nint source, long byteSize) => throw new NotSupportedException();

    /// <summary>From here on the compute stream has what was copied in.</summary>
    void BeginCompute();

    /// <summary>From here on copies to the host get what was computed.</summary>
    void EndCompute();

    /// <summary>Enqueues a copy to the host; the bytes are there when the batch has ended.</summary>
    void CopyOut(nint destination, nint source, long byteSize);

    /// <summary>Enqueues a copy beside those of <see cref="CopyOut"/>, to other memory of the same device.</summary>
    void CopyOutOnDevice(nint destination, nint source, long byteSize) => throw new NotSupportedException();

    /// <summary>Ends the batch, wherever it stands.</summary>
    /// <param name="observer">Told once when everything that was enqueued has run. Not told when this throws: then nothing runs any more.</param>
    void End(ILaneObserver observer);
}
