using Camshaft.Backends.Cuda.Native;

namespace Camshaft.Testing.Cuda;

/// <summary>A call that no correct program makes: it fails the test, and the caller gets a code besides.</summary>
internal sealed class Misuse(string message, CudaStatus status = CudaStatus.InvalidValue) : Exception(message)
{
    public CudaStatus Status => status;
}
