namespace Camshaft.Backends.Cuda;

/// <summary>How many blocks or threads there are in each direction.</summary>
public readonly record struct CudaExtent(uint X, uint Y = 1, uint Z = 1);
