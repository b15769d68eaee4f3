namespace Camshaft.Backends;

/// <summary>What kind of device a lane belongs to.</summary>
public enum DeviceKind : byte
{
    /// <summary>The host's processors; batches run on the lane's thread.</summary>
    Cpu,

    /// <summary>An NVIDIA GPU; batches are enqueued on the lane's streams.</summary>
    Cuda,
}
