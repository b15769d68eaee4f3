namespace Camshaft.CudaSharedMemory.Tests.Joining;

/// <summary>What a request has in memory of its client on the GPU.</summary>
[Flags]
public enum OnDevice
{
    Nothing = 0,
    Input = 1,
    Output = 2,
    Both = Input | Output,
}
