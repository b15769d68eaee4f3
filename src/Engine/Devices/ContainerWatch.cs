namespace Camshaft.Engine.Devices;

/// <summary>
/// Follows the limits of the container, which may change while the process runs and which the runtime reads once, at its start. Looks every
/// few seconds; from <see cref="Start"/> to <see cref="Dispose"/>.
/// </summary>
internal sealed class ContainerWatch : IDisposable
{
    private static readonly TimeSpan Period = TimeSpan.FromSeconds(5);

    private readonly CgroupReader _reader;
    private readonly ITimer _timer;
    private ContainerLimits _limits;

    /// <summary>Reads the present limits and does not follow them yet.</summary>
    public ContainerWatch(CgroupReader reader, TimeProvider timeProvider)
    {
        _reader = reader;
        _limits = reader.Read();
        _timer = timeProvider.CreateTimer(static watch => ((ContainerWatch)watch!).Look(), this, Timeout.InfiniteTimeSpan, Timeout.InfiniteTimeSpan);
    }

    /// <summary>Raised with the new count when the process may use another number of processors. On a timer's thread, one call at a time.</summary>
    public event Action<int>? ProcessorCountChanged;

    /// <summary>Raised with the new limit, or null for none, when the process may use another amount of memory. On a timer's thread, one call at a time.</summary>
    public event Action<long?>? MemoryLimitChanged;

    /// <summary>How many processors the process may use.</summary>
    public int ProcessorCount => _limits.ProcessorCount;

    /// <summary>How many bytes of memory the process may use; null = there is no limit.</summary>
    public long? MemoryByteSize => _limits.MemoryByteSize;

    /// <summary>Begins to follow the limits.</summary>
    public void Start() => _timer.Change(Period, Timeout.InfiniteTimeSpan);

    public void Dispose() => _timer.Dispose();

    private void Look()
    {
        var before = _limits;
        _limits = _reader.Read();
        if (_limits.ProcessorCount != before.ProcessorCount)
        {
            ProcessorCountChanged?.Invoke(_limits.ProcessorCount);
        }

        if (_limits.MemoryByteSize != before.MemoryByteSize)
        {
            MemoryLimitChanged?.Invoke(_limits.MemoryByteSize);
        }

        // Once more only when this look has ended, so that looks never overtake each other.
        _timer.Change(Period, Timeout.InfiniteTimeSpan);
    }
}
