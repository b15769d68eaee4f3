namespace Camshaft.Client.SharedMemory;

/// <summary>Names memory of a GPU to a server.</summary>
/// <param name="Handle">The handle that CUDA has for it.</param>
/// <param name="Ordinal">The GPU, as the server counts.</param>
/// <param name="Offset">Where in the allocation the region begins.</param>
internal sealed record CudaMemory(byte[] Handle, int Ordinal, long Offset);
