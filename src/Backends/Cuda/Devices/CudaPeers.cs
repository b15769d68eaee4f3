using System.Diagnostics.CodeAnalysis;

namespace Camshaft.Backends.Cuda.Devices;

/// <summary>
/// Other processes' memory that is open on a device: each handle once, whoever asks for it how often, since not every driver counts. Closed with the
/// last share. Any thread.
/// </summary>
internal sealed class CudaPeers(CudaDevice device)
{
    private readonly Lock _gate = new();
    private readonly Dictionary<string, Entry> _open = [];

    /// <summary>Takes a share in the memory behind a handle.</summary>
    /// <exception cref="BackendException">The device cannot open it, or has failed.</exception>
    public IPeerMemory Open(ReadOnlySpan<byte> handle)
    {
        if (handle.Length != CudaPeerMemory.HandleByteSize)
        {
            throw Refuse($"it has {handle.Length} bytes; expected {CudaPeerMemory.HandleByteSize}");
        }

        device.ThrowIfFailed();
        var key = Convert.ToHexString(handle);

        // The driver is called under the lock: a handle must not be opened while it is being closed.
        lock (_gate)
        {
            if (!_open.TryGetValue(key, out var entry))
            {
                _open.Add(key, entry = new Entry(key, OpenAnew(handle)));
            }

            entry.ShareCount++;
            return new CudaPeerShare(device, this, entry);
        }
    }

    /// <summary>Gives a share back.</summary>
    public void Close(Entry entry)
    {
        lock (_gate)
        {
            if (--entry.ShareCount == 0)
            {
                _open.Remove(entry.Key);
                entry.Memory.Dispose();
            }
        }
    }

    private CudaPeerMemory OpenAnew(ReadOnlySpan<byte> handle)
    {
        CudaPeerMemory memory;
        try
        {
            memory = CudaPeerMemory.Open(device.Context, handle);
        }
        catch (CudaException exception) when (exception is { IsSticky: false, Code: StatusCode.Internal })
        {
            throw Refuse($"{exception.Message.TrimEnd('.')}. Expected memory of another process on this machine, made there by cudaMalloc on this GPU and not freed", exception);
        }
        catch (CudaException exception)
        {
            throw device.Translate(exception);
        }

        if (memory.DeviceOrdinal == device.Ordinal)
        {
            return memory;
        }

        var ordinal = memory.DeviceOrdinal;
        memory.Dispose();
        throw Refuse($"the memory is GPU {ordinal}'s");
    }

    private BackendException Refuse(string why, Exception? cause = null) =>
        new(StatusCode.InvalidArgument, $"GPU {device.Ordinal} does not open the handle: {why}.", cause);

    /// <summary>One handle that is open. Guarded by the lock of its table.</summary>
    [SuppressMessage("Reliability", "CA2213", Justification = "The table disposes the memory, with the last share.")]
    internal sealed class Entry(string key, CudaPeerMemory memory)
    {
        public string Key => key;

        public CudaPeerMemory Memory => memory;

        public int ShareCount { get; set; }
    }
}
