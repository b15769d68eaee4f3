using System.Runtime.CompilerServices;
using Camshaft.Backends;

namespace Camshaft.Engine.Models;

/// <summary>Measures what a version takes, as long as it is there, and remembers that. Any thread.</summary>
internal sealed class FootprintMeter
{
    private readonly Lock _gate = new();
    private StrongBox<MemoryFootprint> _last = new();
    private bool _isClosed;

    /// <summary>What was measured last; default before.</summary>
    public MemoryFootprint Last => Volatile.Read(ref _last).Value;

    /// <summary>Asks the backend what the version takes now.</summary>
    /// <returns>The last one known when it is not in memory.</returns>
    public MemoryFootprint Measure(LoadedVersion? loaded)
    {
        lock (_gate)
        {
            if (loaded is not null && !_isClosed)
            {
                Volatile.Write(ref _last, new StrongBox<MemoryFootprint>(loaded.Footprint));
            }
        }

        return Last;
    }

    /// <summary>Looks at what the version takes of its accelerator's memory now.</summary>
    /// <returns>Null on other devices, and while it is not in memory.</returns>
    public DeviceMemory? ReadDeviceMemory(LoadedVersion? loaded)
    {
        lock (_gate)
        {
            return _isClosed ? null : loaded?.DeviceMemory;
        }
    }

    /// <summary>The version is about to be freed: from here on there is nothing to measure.</summary>
    public void Close()
    {
        lock (_gate)
        {
            _isClosed = true;
        }
    }
}
