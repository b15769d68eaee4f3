using Camshaft.Backends.Cuda.Native;

namespace Camshaft.Testing.Cuda;

/// <summary>A part of a device's multiprocessors. As a context it can be current on one thread at a time. Guarded by the driver's lock.</summary>
internal sealed class SimulatedGreenContext(SimulatedGpu device, ulong multiprocessors) : SimulatedObject("cuGreenCtxCreate", device)
{
    // Handles of objects are multiples of 16.
    private const nint ConvertedMark = 8;

    /// <summary>Its multiprocessors, one bit each.</summary>
    public ulong Multiprocessors => multiprocessors;

    /// <summary>The handle under which it is a context.</summary>
    public nint Converted => Handle + ConvertedMark;

    /// <summary>The thread on which it is current; 0 = none.</summary>
    public int Thread { get; set; }

    /// <summary>Makes it a thread's.</summary>
    /// <exception cref="Misuse">It is another's.</exception>
    public void BindTo(int thread) => Thread = Thread == 0 || Thread == thread
        ? thread
        : throw new Misuse("cuCtxSetCurrent: the green context is current on another thread already; it can be on one at a time.", CudaStatus.InvalidContext);
}
