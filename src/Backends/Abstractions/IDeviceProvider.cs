namespace Camshaft.Backends;

/// <summary>Finds the devices of one kind. Asked once, at start.</summary>
public interface IDeviceProvider
{
    /// <summary>The kind of device this provider finds.</summary>
    DeviceKind Kind { get; }

    /// <summary>Lists the usable devices.</summary>
    /// <param name="unavailableReason">Why the list is empty, which device is not on it, or what of the options cannot be had, for the log; null when there is nothing to say.</param>
    IReadOnlyList<IDevice> GetDevices(out string? unavailableReason);
}
