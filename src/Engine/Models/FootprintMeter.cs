using System.Runtime.CompilerServices;
using Camshaft.Backends;

namespace Camshaft.Engine.Models;

/// <summary>Measures what a version takes, as long as it is there, and remembers that. A backend that throws instead of an answer is left at its last one. Any thread.</summary>
/// <param name="onFailed">Told of the first time that it throws; it is asked every second.</param>
internal sealed class FootprintMeter(Action<Exception> onFailed)
{
    private readonly Lock _gate = new();
    private StrongBox<MemoryFootprint> _last = new();
    private bool _isClosed;
    private bool _hasFailed;

    /// <summary>What was measured last; default before.</summary>
    public MemoryFootprint Last => Volatile.Read(ref _last).Value;

    /// <summary>Asks the backend what the version takes now.</summary>
    /// <returns>The last one known when it is not in memory.</returns>
    public MemoryFootprint Measure(LoadedVersion? loaded)
    {
        if (Ask(loaded, static loaded => (MemoryFootprint?)loaded.Footprint) is { } now)
        {
            Volatile.Write(ref _last, new StrongBox<MemoryFootprint>(now));
        }

        return Last;
    }

    /// <summary>Looks at what the version takes of its accelerator's memory now.</summary>
    /// <returns>Null on other devices, and while it is not in memory.</returns>
    public DeviceMemory? ReadDeviceMemory(LoadedVersion? loaded) => Ask(loaded, static loaded => loaded.DeviceMemory);

    /// <summary>The version is about to be freed: from here on there is nothing to measure.</summary>
    public void Close()
    {
        lock (_gate)
        {
            _isClosed = true;
        }
    }

    private T? Ask<T>(LoadedVersion? loaded, Func<LoadedVersion, T?> read)
        where T : struct
    {
        lock (_gate)
        {
            if (loaded is null || _isClosed)
            {
                return null;
            }

            try
            {
                return read(loaded);
            }
            catch (Exception exception)
            {
                if (!_hasFailed)
                {
                    _hasFailed = true;
                    onFailed(exception);
                }

                return null;
            }
        }
    }
}
