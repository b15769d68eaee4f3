namespace Camshaft.Server.Configuration;

/// <summary>What of shared memory clients of the binary protocol on the same machine are offered. <see cref="LimitOptions"/> says how much.</summary>
internal sealed class SharedMemorySection
{
    [Setting("Whether clients on this machine may name shared memory for tensors to be read from and written to; see security.md")]
    public bool Named { get; set; } = true;

    [Setting("Whether clients of the Unix socket may pass sealed memory by its descriptor")]
    public bool Sealed { get; set; } = true;

    [Setting("Whether clients on this machine may register memory of the server's GPUs by its CUDA handle; see security.md")]
    public bool Cuda { get; set; } = true;

    [Setting("Whether tensors in sealed memory and in memory of GPUs are used where they lie although their client can change them meanwhile; otherwise they are copied")]
    public bool InPlace { get; set; } = true;
}
