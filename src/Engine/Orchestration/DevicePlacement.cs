using Camshaft.Backends;
using Camshaft.Engine.Models;
using Camshaft.Engine.Scheduling;
using Camshaft.Engine.Telemetry.Metrics;

namespace Camshaft.Engine.Orchestration;

/// <summary>
/// Finds the device for a version among several of a kind: where another version of the same model is, else where work would be done
/// first, else where most memory is free. Asked once for each load.
/// </summary>
internal sealed class DevicePlacement(IReadOnlyDictionary<IDevice, DeviceScheduler> schedulers, ModelRegistry models)
{
    /// <summary>Every device, usable or not.</summary>
    public IEnumerable<IDevice> Devices => schedulers.Keys;

    /// <summary>Finds it.</summary>
    /// <param name="kind">The kind of device.</param>
    /// <param name="ordinal">Its number; null = any.</param>
    /// <param name="modelName">The model.</param>
    /// <returns>Null when there is none that works.</returns>
    public IDevice? Find(DeviceKind kind, int? ordinal, string modelName) => Devices
        .Where(device => device.Kind == kind && (ordinal ?? device.Ordinal) == device.Ordinal && device.Fault is null)
        .OrderByDescending(device => Hosts(device, modelName))
        .ThenBy(device => schedulers[device].PredictedTicks)
        .ThenByDescending(static device => device is IAccelerator accelerator ? accelerator.BudgetByteSize - accelerator.UsedByteSize : 0)
        .ThenBy(static device => device.Ordinal)
        .FirstOrDefault();

    /// <summary>Says which devices there are, and which of them have failed.</summary>
    public string Describe() => string.Join(", ", Devices.Select(static device => $"{DeviceName.Of(device)}{(device.Fault is { } reason ? $" ({reason})" : "")}"));

    private bool Hosts(IDevice device, string modelName) =>
        models.Find(modelName)?.Versions.Any(version => version.State is ModelState.Ready or ModelState.Warming && version.Device == device) ?? false;
}
