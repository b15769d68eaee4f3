namespace Camshaft.Testing.Cuda;

/// <summary>
/// A memory pool. What was freed stays the process's up to the threshold, until it is used again or trimmed: to other processes it is taken; to
/// this one's other allocations it is not, since the driver takes it from the pool for them. Guarded by the driver's lock.
/// </summary>
internal sealed class SimulatedPool(SimulatedGpu device) : SimulatedObject("cuMemPoolCreate", device)
{
    /// <summary>How many bytes it keeps at most, used ones included.</summary>
    public long Threshold { get; set; }

    public long UsedByteSize { get; private set; }

    /// <summary>How many bytes it keeps that nothing uses.</summary>
    public long KeptByteSize { get; private set; }

    public void Take(long byteSize)
    {
        UsedByteSize += byteSize;
        Keep(KeptByteSize - byteSize);
    }

    public void Return(long byteSize)
    {
        UsedByteSize -= byteSize;
        Keep(Math.Min(KeptByteSize + byteSize, Threshold - UsedByteSize));
    }

    /// <summary>Changes what it keeps; never fewer than none.</summary>
    public void Keep(long byteSize)
    {
        Device.KeptByteSize -= KeptByteSize;
        KeptByteSize = Math.Max(0, byteSize);
        Device.KeptByteSize += KeptByteSize;
    }
}
