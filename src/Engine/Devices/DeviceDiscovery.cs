using Camshaft.Backends;
using Camshaft.Engine.Telemetry.Metrics;
using Microsoft.Extensions.Logging;

namespace Camshaft.Engine.Devices;

/// <summary>Asks who provides devices for those that there are, and says of which kinds there are none, and why.</summary>
internal static partial class DeviceDiscovery
{
    /// <summary>Finds the devices beside the processors.</summary>
    public static IEnumerable<IDevice> Find(IEnumerable<IDeviceProvider> providers, ILogger logger)
    {
        var devices = new List<IDevice>();
        foreach (var provider in providers)
        {
            var found = provider.GetDevices(out var reason);
            devices.AddRange(found);
            if (reason is not null && found.Count == 0)
            {
                Log.NoDevices(logger, DeviceName.Of(provider.Kind), reason);
            }
            else if (reason is not null)
            {
                Log.DevicesLack(logger, DeviceName.Of(provider.Kind), reason);
            }
        }

        return devices;
    }

    private static partial class Log
    {
        [LoggerMessage(100, LogLevel.Information, "No {Kind} devices: {Reason}")]
        public static partial void NoDevices(ILogger logger, string kind, string reason);

        [LoggerMessage(107, LogLevel.Warning, "{Kind} devices: {Reason}")]
        public static partial void DevicesLack(ILogger logger, string kind, string reason);
    }
}
