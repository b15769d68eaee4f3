namespace Camshaft.Backends.Cuda.Native;

/// <summary>What codes mean beyond the call that returned them.</summary>
internal static class CudaStatusExtensions
{
    extension(CudaStatus status)
    {
        /// <summary>
        /// Whether the context is lost with it: from then on every call answers with the same code, and nothing that is enqueued runs
        /// (cuda.h says so at each: "the context cannot be used").
        /// </summary>
        public bool IsSticky => status is CudaStatus.IllegalAddress or CudaStatus.LaunchTimeout or CudaStatus.UncorrectableMemory
            || status is >= CudaStatus.HardwareStackError and <= CudaStatus.LaunchFailed
            || status == CudaStatus.Assert;

        /// <summary>How it looks to whoever asked for the work.</summary>
        public StatusCode ToStatusCode() => status switch
        {
            CudaStatus.OutOfMemory or CudaStatus.LaunchOutOfResources => StatusCode.ResourceExhausted,
            CudaStatus.NotSupported => StatusCode.Unsupported,
            _ => StatusCode.Internal,
        };
    }
}
