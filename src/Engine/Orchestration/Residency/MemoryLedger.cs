namespace Camshaft.Engine.Orchestration.Residency;

/// <summary>What models take of their budget, and what is set aside for those that are being loaded. One thread at a time.</summary>
/// <param name="limit">The budget, in bytes.</param>
internal sealed class MemoryLedger(long limit)
{
    /// <summary>The bytes that may be taken.</summary>
    public long Limit { get; set; } = limit;

    /// <summary>The bytes that are taken. More than the limit when a model turned out larger than was set aside for it.</summary>
    public long Used { get; private set; }

    /// <summary>The most that was ever taken at once.</summary>
    public long Peak { get; private set; }

    /// <summary>By how many bytes more than the limit is taken; 0 = not at all.</summary>
    public long Excess => Math.Max(0, Used - Limit);

    /// <summary>How many bytes must be given back before so many can be taken; 0 = none.</summary>
    public long FindShortage(long byteSize) => Math.Max(0, byteSize - (Limit - Used));

    /// <summary>Takes bytes if they are there.</summary>
    public bool TryTake(long byteSize)
    {
        if (FindShortage(byteSize) > 0)
        {
            return false;
        }

        Change(0, byteSize);
        return true;
    }

    /// <summary>Takes note that what took so many bytes takes another number now.</summary>
    public void Change(long before, long now)
    {
        Used += now - before;
        Peak = Math.Max(Peak, Used);
    }
}
