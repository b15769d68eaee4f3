using Camshaft.Backends;

namespace Camshaft.Engine.Telemetry;

/// <summary>
/// How long each accelerator has computed for a version of a model. A machine has few, and the version is mostly on one, so that they are looked
/// through. Any thread, without locks; adding takes memory for a device's first batch alone.
/// </summary>
internal sealed class DeviceTimes
{
    private Entry[] _entries = [];

    public void Add(IDevice device, long nanoseconds)
    {
        while (true)
        {
            var entries = Volatile.Read(ref _entries);
            foreach (var entry in entries)
            {
                if (entry.Device == device)
                {
                    Interlocked.Add(ref entry.Nanoseconds, nanoseconds);
                    return;
                }
            }

            Interlocked.CompareExchange(ref _entries, [.. entries, new Entry(device)], entries);
        }
    }

    /// <summary>The devices in the order in which the version came to them.</summary>
    public IReadOnlyList<DeviceTime> Read() =>
        [.. Volatile.Read(ref _entries).Select(static entry => new DeviceTime(entry.Device, TimeSpan.FromTicks(Interlocked.Read(ref entry.Nanoseconds) / TimeSpan.NanosecondsPerTick)))];

    private sealed class Entry(IDevice device)
    {
        public long Nanoseconds;

        public IDevice Device => device;
    }
}
