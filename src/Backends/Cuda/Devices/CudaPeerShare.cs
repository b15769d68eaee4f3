namespace Camshaft.Backends.Cuda.Devices;

/// <summary>A share in memory of another process. Copies to and from the host go over the device's stream for what is no batch's, and are waited for.</summary>
internal sealed unsafe class CudaPeerShare(CudaDevice device, CudaPeers peers, CudaPeers.Entry entry) : IPeerMemory
{
    private int _isDisposed;

    public nint Address { get; } = entry.Memory.Value;

    public long ByteSize { get; } = entry.Memory.ByteSize;

    public void Read(long offset, Span<byte> destination)
    {
        CheckBounds(offset, destination.Length);
        fixed (byte* host = destination)
        {
            Copy((nint)host, Address + (nint)offset, destination.Length, isWrite: false);
        }
    }

    public void Write(long offset, ReadOnlySpan<byte> source)
    {
        CheckBounds(offset, source.Length);
        fixed (byte* host = source)
        {
            Copy((nint)host, Address + (nint)offset, source.Length, isWrite: true);
        }
    }

    public void Dispose()
    {
        if (Interlocked.Exchange(ref _isDisposed, 1) == 0)
        {
            peers.Close(entry);
        }
    }

    private void CheckBounds(long offset, long byteSize)
    {
        ObjectDisposedException.ThrowIf(Volatile.Read(ref _isDisposed) != 0, this);
        ArgumentOutOfRangeException.ThrowIfNegative(offset);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(byteSize, ByteSize);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(offset, ByteSize - byteSize);
    }

    private void Copy(nint host, nint address, long byteSize, bool isWrite)
    {
        if (byteSize == 0)
        {
            return;
        }

        device.ThrowIfFailed();
        try
        {
            device.Context.MakeCurrent();
            if (isWrite)
            {
                device.LoadStream.CopyIn(address, host, byteSize);
            }
            else
            {
                device.LoadStream.CopyOut(host, address, byteSize);
            }

            // A plain cuMemcpy to a device may return before the bytes are there; what the stream had is there after this.
            device.LoadStream.Synchronize();
        }
        catch (CudaException exception)
        {
            throw device.Translate(exception);
        }
    }
}
