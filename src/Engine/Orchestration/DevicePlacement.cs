using Camshaft.Backends;
using Camshaft.Engine.Models;
using Camshaft.Engine.Scheduling;

namespace Camshaft.Engine.Orchestration;

/// <summary>
/// Ranks the devices of a kind for a version: those first that have room for it, then where another version of the same model is, then where
/// work would be done first, then where most memory is free. Asked once for each load.
/// </summary>
internal sealed class DevicePlacement(DeviceSchedulers schedulers, ModelRegistry models)
{
    /// <summary>Every device, usable or not.</summary>
    public IEnumerable<IDevice> Devices => schedulers.Devices;

    /// <summary>Ranks them.</summary>
    /// <param name="kind">The kind of device.</param>
    /// <param name="ordinal">Its number; null = any.</param>
    /// <param name="modelName">The model.</param>
    /// <param name="hasShare">Whether the model has a share of the device.</param>
    /// <param name="neededByteSize">About how much of the device's memory the version takes.</param>
    /// <returns>The best first; empty when there is none that works.</returns>
    public IReadOnlyList<IDevice> Rank(DeviceKind kind, int? ordinal, string modelName, bool hasShare, long neededByteSize) =>
    [
        .. Devices
            .Where(device => device.Kind == kind && (ordinal ?? device.Ordinal) == device.Ordinal && device.Fault is null)
            .Select(static device => (Device: device, Free: device is IAccelerator accelerator ? accelerator.AvailableByteSize : long.MaxValue))
            .OrderByDescending(place => place.Free >= neededByteSize)
            .ThenByDescending(place => Hosts(place.Device, modelName))
            .ThenBy(place => schedulers.Find(place.Device, hasShare).PredictedTicks)
            .ThenByDescending(static place => place.Free)
            .ThenBy(static place => place.Device.Ordinal)
            .Select(static place => place.Device),
    ];

    /// <summary>Says which devices there are, and which of them have failed.</summary>
    public string Describe() => string.Join(", ", Devices.Select(static device => $"{device.Kind}:{device.Ordinal}{(device.Fault is { } reason ? $" ({reason})" : "")}"));

    private bool Hosts(IDevice device, string modelName) =>
        models.Find(modelName)?.Versions.Any(version => version.State is ModelState.Ready or ModelState.Warming && version.Device == device) ?? false;
}
