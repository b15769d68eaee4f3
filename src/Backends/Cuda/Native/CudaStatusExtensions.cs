namespace Camshaft.Backends.Cuda.Native;

/// <summary>What codes mean beyond the call that returned them.</summary>
internal static class CudaStatusExtensions
{
    extension(CudaStatus status)
    {
        /// <summary>
        /// Whether the context is lost with it: from then on every call answers with the same code, and nothing that is enqueued runs
        /// (cuda.h says so at each: "the process must be terminated and relaunched", or that the context is gone).
        /// </summary>
        public bool IsSticky => status is CudaStatus.IllegalAddress or CudaStatus.LaunchTimeout or CudaStatus.Assert or CudaStatus.TensorMemoryLeak
            || status is >= CudaStatus.HardwareStackError and <= CudaStatus.LaunchFailed
            || status is CudaStatus.UncorrectableMemory or CudaStatus.UncorrectableNvLink or CudaStatus.Contained or CudaStatus.ExternalDevice
            || status is CudaStatus.ContextIsDestroyed or CudaStatus.Deinitialized or CudaStatus.MpsClientTerminated;

        /// <summary>Whether a module is to blame: no other attempt with it would succeed on this machine.</summary>
        public bool IsModuleFault => status is CudaStatus.InvalidPtx or CudaStatus.InvalidImage or CudaStatus.InvalidSource or CudaStatus.NoBinaryForGpu
            or CudaStatus.UnsupportedPtxVersion or CudaStatus.UnsupportedDeviceSideSync or CudaStatus.SharedObjectSymbolNotFound;

        /// <summary>How it looks to whoever asked for the work.</summary>
        public StatusCode ToStatusCode() => status switch
        {
            CudaStatus.OutOfMemory or CudaStatus.LaunchOutOfResources => StatusCode.ResourceExhausted,
            CudaStatus.NotSupported or CudaStatus.JitCompilerNotFound or CudaStatus.JitCompilationDisabled => StatusCode.Unsupported,
            _ => StatusCode.Internal,
        };
    }
}
