using Camshaft.Backends.Cuda.Native;

namespace Camshaft.Testing.Cuda;

/// <summary>What a stream records in place of enqueueing it, by whom, and what that forbids meanwhile. Guarded by the driver's lock.</summary>
/// <param name="thread">The thread that began.</param>
/// <param name="mode">0 = no thread may spoil it, 1 = that thread may not (<c>CUstreamCaptureMode</c>), 2 = all may.</param>
internal sealed class SimulatedCapture(int thread, int mode)
{
    private const int Global = 0;
    private const int Relaxed = 2;

    // What the driver calls potentially unsafe.
    private static readonly HashSet<string> UnsafeCalls =
    [
        "cuMemHostAlloc", "cuMemFreeHost", "cuMemHostRegister", "cuMemHostUnregister", "cuMemAlloc", "cuMemFree", "cuModuleLoadDataEx", "cuModuleUnload", "cuEventQuery",
    ];

    /// <summary>What has been recorded.</summary>
    public List<SimulatedOperation> Operations { get; } = [];

    /// <summary>Refuses a call of the current thread that would spoil it.</summary>
    public void Check(string call)
    {
        if (mode == Relaxed || SimulatedThread.CaptureMode == Relaxed || !UnsafeCalls.Contains(call))
        {
            return;
        }

        if (Environment.CurrentManagedThreadId == thread)
        {
            throw new Misuse($"{call}: this thread records; such a call may not be made meanwhile.", CudaStatus.StreamCaptureUnsupported);
        }

        if (mode == Global && SimulatedThread.CaptureMode == Global)
        {
            throw new Misuse($"{call}: another thread records, for all threads; this one has not said that it minds its own recordings alone.", CudaStatus.StreamCaptureInvalidated);
        }
    }

    /// <summary>Refuses an end by another thread than the one that began.</summary>
    public void CheckEnd()
    {
        if (mode != Relaxed && Environment.CurrentManagedThreadId != thread)
        {
            throw new Misuse("cuStreamEndCapture: another thread began to record.", CudaStatus.StreamCaptureWrongThread);
        }
    }
}
