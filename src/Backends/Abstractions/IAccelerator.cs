namespace Camshaft.Backends;

/// <summary>
/// A device with memory of its own, on which work is enqueued and runs later. Its <see cref="IDevice.MemorySource"/> is host memory
/// that its copy engines reach directly. Lives as long as the engine; any thread.
/// </summary>
public interface IAccelerator : IDevice, IDisposable
{
    /// <summary>The native context (<c>CUcontext</c> on CUDA) in which all of its work runs.</summary>
    nint Context { get; }

    /// <summary>All its memory.</summary>
    long MemoryByteSize { get; }

    /// <summary>How many bytes of it models and their batches may take together.</summary>
    long BudgetByteSize { get; }

    /// <summary>How many bytes of <see cref="BudgetByteSize"/> are taken.</summary>
    long UsedByteSize { get; }

    /// <summary>How many bytes of it models and their batches could take now: what is left of <see cref="BudgetByteSize"/>, as far as other processes leave it; 0 when the device does not answer.</summary>
    long AvailableByteSize { get; }

    /// <summary>Raised once, when <see cref="IDevice.Fault"/> has come to be, which nothing gets over but a new process. On any thread, which may be in a call of this device.</summary>
    event Action? Failed;

    /// <summary>Keeps recordings of graphs apart from what would spoil them; null = nothing may be recorded by a library.</summary>
    RecordingGate? Recordings => null;

    /// <summary>How it fares, as it said some seconds ago at most. Waits for nothing: a device that does not answer holds up nobody who asks.</summary>
    AcceleratorReading ReadSensors() => default;

    /// <summary>
    /// Finds a function of the native library that drives the device, for backends that call it: they need no second way to the same
    /// library.
    /// </summary>
    /// <param name="name">Its name without a version, for example <c>cuLaunchKernel</c>.</param>
    /// <param name="version">The version of the library whose form of the function is meant, for example 12000 for CUDA 12.0.</param>
    /// <returns>The address; 0 = there is none.</returns>
    nint FindFunction(string name, int version);

    /// <summary>Whether it opens memory of other processes (<see cref="OpenPeerMemory"/>).</summary>
    bool OpensPeerMemory => false;

    /// <summary>Opens memory of this device that another process has exported. Opened more than once, it is the same memory at the same address.</summary>
    /// <param name="handle">What names it: on CUDA the 64 bytes of a <c>CUipcMemHandle</c>.</param>
    /// <returns>The memory; the caller owns and disposes it, when nothing that is enqueued uses it any more.</returns>
    /// <exception cref="BackendException">
    /// The handle names nothing that this device can open (<see cref="StatusCode.InvalidArgument"/>), or the device has failed or opens none.
    /// </exception>
    IPeerMemory OpenPeerMemory(ReadOnlySpan<byte> handle) => throw new BackendException(StatusCode.Unsupported, $"{Name} opens no memory of other processes.");

    /// <summary>Opens the device for one model.</summary>
    /// <returns>The model's part; the caller owns and disposes it, after the model.</returns>
    /// <exception cref="BackendException">The device cannot give the model what it is to have, or has failed.</exception>
    IAcceleratorShare Open(AcceleratorTerms terms);
}
