namespace Camshaft.Backends.Cuda.Devices;

/// <summary>How many bytes of device memory somebody may take, and has taken. Any thread.</summary>
internal sealed class MemoryAccount(long limit)
{
    private long _used;
    private long _peak;

    public long Limit => limit;

    public long Used => Interlocked.Read(ref _used);

    public long Peak => Interlocked.Read(ref _peak);

    /// <summary>Takes bytes, if the limit allows it.</summary>
    public bool TryTake(long byteSize)
    {
        var used = Used;
        while (byteSize <= limit - used)
        {
            var seen = Interlocked.CompareExchange(ref _used, used + byteSize, used);
            if (seen == used)
            {
                RaisePeak(used + byteSize);
                return true;
            }

            used = seen;
        }

        return false;
    }

    /// <summary>Counts bytes that somebody has taken already, whatever the limit says; fewer than 0 = has given back.</summary>
    public void Add(long byteSize) => RaisePeak(Interlocked.Add(ref _used, byteSize));

    /// <summary>Gives bytes back.</summary>
    public void Return(long byteSize) => Interlocked.Add(ref _used, -byteSize);

    private void RaisePeak(long used)
    {
        var peak = Peak;
        while (used > peak && Interlocked.CompareExchange(ref _peak, used, peak) is var seen && seen != peak)
        {
            peak = seen;
        }
    }
}
