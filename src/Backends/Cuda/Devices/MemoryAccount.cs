namespace Camshaft.Backends.Cuda.Devices;

/// <summary>How many bytes of device memory somebody may take, and has taken. Any thread.</summary>
internal sealed class MemoryAccount(long limit)
{
    private long _used;
    private long _peak;

    public long Limit => limit;

    public long Used => Interlocked.Read(ref _used);

    /// <summary>The most that <see cref="Used"/> was when <see cref="NotePeak"/> was called.</summary>
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
                return true;
            }

            used = seen;
        }

        return false;
    }

    /// <summary>Counts bytes that somebody has taken already, whatever the limit says; fewer than 0 = has given back.</summary>
    public void Add(long byteSize)
    {
        Interlocked.Add(ref _used, byteSize);
        NotePeak();
    }

    /// <summary>Gives bytes back.</summary>
    public void Return(long byteSize) => Interlocked.Add(ref _used, -byteSize);

    /// <summary>Says that what was taken is there: only then it counts for the peak.</summary>
    public void NotePeak()
    {
        var (used, peak) = (Used, Peak);
        while (used > peak && Interlocked.CompareExchange(ref _peak, used, peak) is var seen && seen != peak)
        {
            peak = seen;
        }
    }
}
