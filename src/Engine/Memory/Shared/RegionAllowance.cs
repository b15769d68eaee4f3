namespace Camshaft.Engine.Memory.Shared;

/// <summary>How many regions a process may have at once: each takes a mapping or a descriptor, which the system bounds. Any thread.</summary>
/// <param name="limit">The most.</param>
public sealed class RegionAllowance(int limit)
{
    private int _count;

    /// <summary>The most there may be.</summary>
    public int Limit => limit;

    /// <summary>How many there are.</summary>
    public int Count => Volatile.Read(ref _count);

    /// <summary>Takes one, which is given back when its region is free.</summary>
    public bool TryTake()
    {
        if (Interlocked.Increment(ref _count) <= limit)
        {
            return true;
        }

        GiveBack();
        return false;
    }

    /// <summary>Gives one back.</summary>
    public void GiveBack() => Interlocked.Decrement(ref _count);
}
