namespace Camshaft.Backends.Cuda;

/// <summary>There is no CUDA here, or too old a one; the message says what is missing.</summary>
public sealed class CudaUnavailableException(string message, Exception? innerException = null) : Exception(message, innerException);
