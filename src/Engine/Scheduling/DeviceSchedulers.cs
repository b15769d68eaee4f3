using Camshaft.Backends;

namespace Camshaft.Engine.Scheduling;

/// <summary>
/// The schedulers: one for each device, and a second where models with a share of it have lanes of their own, since multiprocessors that are
/// kept for a model are no help while it waits for a lane. Complete before the first model is loaded; then any thread.
/// </summary>
internal sealed class DeviceSchedulers
{
    private readonly Dictionary<IDevice, Pair> _pairs = [];
    private readonly List<DeviceScheduler> _all = [];

    /// <summary>The devices, in the order in which they came.</summary>
    public IReadOnlyCollection<IDevice> Devices => _pairs.Keys;

    public IReadOnlyList<DeviceScheduler> All => _all;

    /// <summary>Adds a device's.</summary>
    /// <param name="common">For models that share the device.</param>
    /// <param name="own">For models with a share of it; null = they have the same lanes.</param>
    public void Add(DeviceScheduler common, DeviceScheduler? own = null)
    {
        _pairs.Add(common.Device, new Pair(common, own ?? common));
        _all.Add(common);
        if (own is not null)
        {
            _all.Add(own);
        }
    }

    /// <summary>Finds the one for a model.</summary>
    public DeviceScheduler Find(IDevice device, bool hasShare) => hasShare ? _pairs[device].Own : _pairs[device].Common;

    private readonly record struct Pair(DeviceScheduler Common, DeviceScheduler Own);
}
