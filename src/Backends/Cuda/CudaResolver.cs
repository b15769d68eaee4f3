namespace Camshaft.Backends.Cuda;

/// <summary>Finds a function of the driver.</summary>
/// <param name="name">Its name without a version, for example <c>cuMemAlloc</c>.</param>
/// <param name="version">The version of CUDA whose form of the function is meant, for example 12040 for 12.4.</param>
/// <returns>The address; 0 = the driver has no such function.</returns>
public delegate nint CudaResolver(string name, int version);
